-- feature.fade: of customers at origins their own base, and, apart from that, what
-- came after: whether they fade. One row per origin of feature.change_origin and
-- customer of feature.churn_who that ordered on four and more of the 183 days that
-- begin 365 days before the origin (its base: the season that is now to come) and is
-- not silent for more than 183. Parameters: the first and the last origin.
--   base, base_value   order days, and value, of the season to come a year before
--   now, before        order days of the last 183 days, and of these a year before
--   base_type, after_type   order days of all customers of today's type that were known a
--                      year before: in the base, and after the origin; both belong to the
--                      outcome
--   after, after_value order days, and value, in the 183 days after the origin; the
--                      outcome, no feature
WITH mark AS (
    SELECT p.origin AS o FROM feature.change_origin AS p WHERE p.origin BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)
), counted AS (
    SELECT a.o, d.customer_key, coalesce(c.customer_type, '') AS customer_type, max(CASE WHEN d.day <= a.o THEN d.day END) AS last_day,
           count(CASE WHEN d.day <= a.o - 182 AND d.day > a.o - 365 THEN 1 END) AS base,
           sum(CASE WHEN d.day <= a.o - 182 AND d.day > a.o - 365 THEN d.value ELSE 0 END) AS base_value,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 183 THEN 1 END) AS now,
           count(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 548 THEN 1 END) AS before,
           count(CASE WHEN d.day > a.o THEN 1 END) AS after,
           sum(CASE WHEN d.day > a.o THEN d.value ELSE 0 END) AS after_value
    FROM feature.churn_day AS d
    INNER JOIN feature.churn_who AS w ON w.customer_key = d.customer_key
    INNER JOIN core.dim_customer AS c ON c.customer_key = d.customer_key
    CROSS JOIN mark AS a
    WHERE d.day <= a.o + 183 AND d.day > a.o - 548
    GROUP BY a.o, d.customer_key, coalesce(c.customer_type, '')
    HAVING min(d.day) <= a.o - 182
), type AS (
    SELECT c.o, c.customer_type, sum(c.base) AS base_type, sum(c.after) AS after_type
    FROM counted AS c
    GROUP BY c.o, c.customer_type
)
SELECT c.o AS origin, c.customer_key, c.base, CAST(c.base_value AS DOUBLE) AS base_value, c.now, c.before, t.base_type, t.after_type, c.after, CAST(c.after_value AS DOUBLE) AS after_value
FROM counted AS c
INNER JOIN type AS t ON t.o = c.o AND t.customer_type = c.customer_type
WHERE c.base >= 4 AND c.last_day > c.o - 183
ORDER BY c.o, c.customer_key
