-- How long lines wait for their last copies: the time that remained is learnt from
-- what happened in the 365 days before the as-of date, see observed.sql. The
-- product-limit estimate (Kaplan and Meier, 1958) of the share still waiting after
-- so many days, an observation being cut short ("censored") at the as-of date while
-- the line is open and on the day it was cancelled, is made by supplier, stage and
-- whether the title was forthcoming when ordered, and again for all suppliers
-- together; rush orders are apart while they wait to be ordered.
--
-- A line that is open stands in its stage still. So it is compared with those that
-- stood there as long, not with those that waited as long but had moved on and were
-- nearly here: there is one curve for each of these ages, from the lines that stayed
-- in the stage beyond it.
CREATE OR REPLACE TEMP TABLE star_eta_step AS
SELECT age, coalesce(lead(age) OVER (ORDER BY age), 1000000) AS next_age
FROM (VALUES (-1), (0), (1), (2), (3), (4), (5), (7), (9), (11), (14), (18), (22), (28), (35), (45), (60), (80), (110), (150), (210), (300)) AS s (age);

-- Lines by the last of these ages that they stayed beyond.
CREATE OR REPLACE TEMP TABLE star_eta_seen AS
WITH observed AS (
    SELECT o.supplier_key, o.stage_key, o.is_forthcoming, o.is_rush, o.since, o.arrived, o.moved, coalesce(o.arrived, o.cancelled, p.as_of) AS until
    FROM meta.star_observed o
    CROSS JOIN meta.star_parameter p
), lasted AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, arrived, CAST(until - since AS INTEGER) AS days, CAST(least(coalesce(moved, until), until) - since AS INTEGER) AS stayed
    FROM observed
    WHERE until >= since
)
SELECT l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age, l.days, count(*) AS n, count(l.arrived) AS arrived
FROM lasted l
JOIN star_eta_step s ON l.stayed > s.age AND l.stayed <= s.next_age
GROUP BY l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age, l.days;

-- The share still waiting after so many days of those that stayed beyond an age;
-- supplier 0 is all of them.
CREATE OR REPLACE TEMP TABLE star_eta_curve AS
WITH parted AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, n, arrived
    FROM star_eta_seen
    UNION ALL
    SELECT 0, stage_key, is_forthcoming, is_rush, age, days, sum(n), sum(arrived)
    FROM star_eta_seen
    GROUP BY stage_key, is_forthcoming, is_rush, age, days
), seen AS (
    SELECT e.supplier_key, e.stage_key, e.is_forthcoming, e.is_rush, s.age, e.days, sum(e.n) AS n, sum(e.arrived) AS arrived
    FROM parted e
    JOIN star_eta_step s ON s.age <= e.age
    GROUP BY e.supplier_key, e.stage_key, e.is_forthcoming, e.is_rush, s.age, e.days
), waiting AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, arrived,
           sum(n) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk,
           n
    FROM seen
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting;
