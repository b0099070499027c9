-- The share still waiting after so many days, as known at the cutoff, of the lines
-- that stayed in the stage beyond an age: one that is open is compared with those
-- that stood there as long, not with those that had moved on and were nearly here.
-- Supplier 0 is all of them.
CREATE OR REPLACE TEMP TABLE arrival_curve AS
WITH observed AS (
    SELECT e.cutoff, l.supplier_key, e.stage_key, l.is_forthcoming, CASE WHEN e.stage_key = 1 THEN l.is_rush ELSE false END AS is_rush,
           CASE WHEN e.stage_key <= 3 AND l.is_forthcoming THEN greatest(e.day, l.pub_date) ELSE e.day END AS since, e.moved,
           CASE WHEN l.completed <= e.cutoff THEN l.completed END AS arrived, CASE WHEN l.cancelled <= e.cutoff THEN l.cancelled END AS cancelled
    FROM arrival_entered AS e
    INNER JOIN arrival_line AS l ON l.line_id = e.line_id
), lasted AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, arrived, CAST(coalesce(arrived, cancelled, cutoff) - since AS INTEGER) AS days,
           CAST(least(coalesce(moved, cutoff), coalesce(arrived, cancelled, cutoff)) - since AS INTEGER) AS stayed
    FROM observed
    WHERE coalesce(arrived, cancelled, cutoff) >= since
), counted AS (
    SELECT l.cutoff, l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age AS stayed, l.days, count(*) AS n, count(l.arrived) AS arrived
    FROM lasted AS l
    INNER JOIN arrival_step AS s ON l.stayed > s.age AND l.stayed <= s.next_age
    GROUP BY l.cutoff, l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age, l.days
), parted AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, stayed, days, n, arrived
    FROM counted
    UNION ALL
    SELECT cutoff, 0, stage_key, is_forthcoming, is_rush, stayed, days, sum(n), sum(arrived)
    FROM counted
    GROUP BY cutoff, stage_key, is_forthcoming, is_rush, stayed, days
), seen AS (
    SELECT e.cutoff, e.supplier_key, e.stage_key, e.is_forthcoming, e.is_rush, s.age, e.days, sum(e.n) AS n, sum(e.arrived) AS arrived
    FROM parted AS e
    INNER JOIN arrival_step AS s ON s.age <= e.stayed
    GROUP BY e.cutoff, e.supplier_key, e.stage_key, e.is_forthcoming, e.is_rush, s.age, e.days
), waiting AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, age, days, arrived, n,
           sum(n) OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk
    FROM seen
)
SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, age, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting
