-- The share still waiting after so many days, as known at the cutoff; supplier 0 is
-- all of them.
CREATE OR REPLACE TEMP TABLE arrival_curve AS
WITH observed AS (
    SELECT e.cutoff, l.supplier_key, e.stage_key, l.is_forthcoming, CASE WHEN e.stage_key = 1 THEN l.is_rush ELSE false END AS is_rush,
           CASE WHEN e.stage_key <= 3 AND l.is_forthcoming THEN greatest(e.day, l.pub_date) ELSE e.day END AS since,
           CASE WHEN l.completed <= e.cutoff THEN l.completed END AS arrived, CASE WHEN l.cancelled <= e.cutoff THEN l.cancelled END AS cancelled
    FROM arrival_entered AS e
    INNER JOIN arrival_line AS l ON l.line_id = e.line_id
), counted AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, CAST(coalesce(arrived, cancelled, cutoff) - since AS INTEGER) AS days, count(*) AS n, count(arrived) AS arrived
    FROM observed
    WHERE coalesce(arrived, cancelled, cutoff) >= since
    GROUP BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush, CAST(coalesce(arrived, cancelled, cutoff) - since AS INTEGER)
), seen AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, days, n, arrived
    FROM counted
    UNION ALL
    SELECT cutoff, 0, stage_key, is_forthcoming, is_rush, days, sum(n), sum(arrived)
    FROM counted
    GROUP BY cutoff, stage_key, is_forthcoming, is_rush, days
), waiting AS (
    SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, days, arrived, n,
           sum(n) OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk
    FROM seen
)
SELECT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY cutoff, supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting
