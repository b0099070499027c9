-- feature.lead: every dated lead with what was known on the day it was created.
-- Nothing of it comes from later: not its status, first touch or salesperson, nor
-- the score people gave it, which can change without a date.
--   age_days     from its creation to the as-of date
--   order_days   to the first order of the customer it became; NULL while there is
--                none up to the as-of date
--   area         where it comes from; '(none)' for all when leads that never became
--                customers have no region, since the others' then stems from the
--                customer
--   nearby       orders from its area in the twelve whole months before
--   crowd        leads created in the 30 days before
WITH lead AS (
    SELECT l.lead_id, l.date, coalesce(k.lead_source, '(none)') AS lead_source, coalesce(c.type, '(none)') AS campaign_type,
           CASE WHEN l.geo_key <> -1 THEN g.area END AS area, l.open = 1 AS is_open, l.customer_key,
           CAST(r.as_of - l.date AS INTEGER) AS age_days,
           CASE WHEN l.date + l.days_to_order <= r.as_of THEN l.days_to_order END AS order_days,
           CAST(EXTRACT(year FROM l.date) * 12 + EXTRACT(month FROM l.date) - 1 AS INTEGER) AS month_no,
           CAST(l.date - DATE '1970-01-01' AS INTEGER) AS day_no
    FROM core.fact_lead AS l
    CROSS JOIN meta.run AS r
    LEFT JOIN core.dim_lead_kind AS k ON k.lead_kind_key = l.lead_kind_key AND k.lead_kind_key <> -1
    LEFT JOIN core.dim_campaign AS c ON c.campaign_key = l.campaign_key AND c.campaign_key <> -1
    LEFT JOIN core.dim_geo AS g ON g.geo_key = l.geo_key
    WHERE l.date <= r.as_of
), missing AS (
    SELECT coalesce(sum(CASE WHEN l.area IS NULL THEN 1 ELSE 0 END) > 0.01 * count(*), false) AS hides
    FROM lead AS l
    WHERE l.customer_key = -1
), sold AS (
    SELECT g.area, CAST(EXTRACT(year FROM o.order_date) * 12 + EXTRACT(month FROM o.order_date) - 1 AS INTEGER) AS month_no, count(DISTINCT o.order_key) AS orders
    FROM core.fact_order_line AS o
    INNER JOIN core.dim_geo AS g ON g.geo_key = o.geo_key AND g.geo_key <> -1
    CROSS JOIN meta.run AS r
    WHERE o.order_date <= r.as_of
    GROUP BY g.area, 2
), place AS (
    SELECT DISTINCT l.area, l.month_no FROM lead AS l WHERE l.area IS NOT NULL
), near_by AS (
    SELECT p.area, p.month_no, sum(s.orders) AS nearby
    FROM place AS p
    INNER JOIN sold AS s ON s.area = p.area AND s.month_no < p.month_no AND s.month_no >= p.month_no - 12
    GROUP BY p.area, p.month_no
), crowded AS (
    SELECT l.lead_id, count(*) OVER (ORDER BY l.day_no RANGE BETWEEN 30 PRECEDING AND 1 PRECEDING) AS crowd
    FROM lead AS l
)
SELECT l.lead_id AS "id", l.day_no, l.age_days, CAST(l.order_days AS INTEGER) AS "success_days", l.is_open, l.customer_key,
       l.lead_source, l.campaign_type, CASE WHEN m.hides THEN '(none)' ELSE coalesce(l.area, '(none)') END AS "area",
       'quarter ' || CAST(EXTRACT(quarter FROM l.date) AS VARCHAR) AS "season",
       CASE WHEN m.hides THEN 0 ELSE coalesce(n.nearby, 0) END AS "nearby", w.crowd
FROM lead AS l
CROSS JOIN missing AS m
INNER JOIN crowded AS w ON w.lead_id = l.lead_id
LEFT JOIN near_by AS n ON n.area = l.area AND n.month_no = l.month_no
ORDER BY l.lead_id
