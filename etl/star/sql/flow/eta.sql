-- How long lines wait for their last copies: the time that remained is learnt from
-- what happened in the 365 days before the as-of date, see observed.sql. The
-- product-limit estimate (Kaplan and Meier, 1958) of the share still waiting after
-- so many days, an observation being cut short ("censored") at the as-of date while
-- the line is open and on the day it was cancelled, is made by supplier, stage and
-- whether the title was forthcoming when ordered, and again for all suppliers
-- together; rush orders are apart while they wait to be ordered.
CREATE OR REPLACE TEMP TABLE star_eta_seen AS
WITH observed AS (
    SELECT o.supplier_key, o.stage_key, o.is_forthcoming, o.is_rush, o.since, o.arrived, coalesce(o.arrived, o.cancelled, p.as_of) AS until
    FROM meta.star_observed o
    CROSS JOIN meta.star_parameter p
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, CAST(until - since AS INTEGER) AS days, count(*) AS n, count(arrived) AS arrived
FROM observed
WHERE until >= since
GROUP BY supplier_key, stage_key, is_forthcoming, is_rush, CAST(until - since AS INTEGER);

-- The share still waiting after so many days; supplier 0 is all of them.
CREATE OR REPLACE TEMP TABLE star_eta_curve AS
WITH seen AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, n, arrived
    FROM star_eta_seen
    UNION ALL
    SELECT 0, stage_key, is_forthcoming, is_rush, days, sum(n), sum(arrived)
    FROM star_eta_seen
    GROUP BY stage_key, is_forthcoming, is_rush, days
), waiting AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, arrived,
           sum(n) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk,
           n
    FROM seen
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting;
