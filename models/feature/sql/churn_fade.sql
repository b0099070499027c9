-- feature.churn_fade: order days of the last 183 days beside those of the same days
-- a year before, of customers that ordered before these and still do. One row each.
--   ratio  the same over all customers of the type: what season and market did
WITH counted AS (
    SELECT d.customer_key, coalesce(c.customer_type, '') AS customer_type,
           count(CASE WHEN d.day > r.today - 183 THEN 1 END) AS days_now,
           count(CASE WHEN d.day > r.today - 548 AND d.day <= r.today - 365 THEN 1 END) AS days_before
    FROM feature.churn_day AS d
    CROSS JOIN (SELECT CAST(as_of - DATE '1970-01-01' AS INTEGER) AS today FROM meta.run) AS r
    INNER JOIN core.dim_customer AS c ON c.customer_key = d.customer_key
    GROUP BY d.customer_key, coalesce(c.customer_type, ''), r.today
    HAVING min(d.day) <= r.today - 548
), type AS (
    SELECT c.customer_type, CAST(sum(c.days_now) AS DOUBLE) / CAST(nullif(sum(c.days_before), 0) AS DOUBLE) AS ratio
    FROM counted AS c
    GROUP BY c.customer_type
)
SELECT c.customer_key, c.days_now, c.days_before, t.ratio
FROM counted AS c
INNER JOIN type AS t ON t.customer_type = c.customer_type
WHERE c.days_now > 0 AND c.days_before >= 4 AND t.ratio > 0
ORDER BY c.customer_key
