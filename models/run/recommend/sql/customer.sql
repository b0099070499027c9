-- feature.offer_customer: whom to offer to, as of a day: everybody who is not
-- gone for good, with the type and region that stand in for a taste not known yet.
--   spent   net orders of the calendar year; budget is what the customer told us
--   titles  titles ever bought, lines_12 order lines of the last twelve months
CREATE OR REPLACE TABLE feature.offer_customer AS
WITH bought AS (
    SELECT l.customer_key, count(DISTINCT l.title_key) AS titles, max(l.order_date) AS last_date, count(*) AS lines_all,
           sum(CASE WHEN l.order_date > CAST($1 AS DATE) - 365 THEN 1 ELSE 0 END) AS lines_12,
           sum(CASE WHEN l.order_date >= date_trunc('year', CAST($1 AS DATE)) THEN l.net END) AS spent
    FROM core.fact_order_line AS l
    WHERE l.customer_key > 0 AND l.order_date <= CAST($1 AS DATE) AND l.qty > coalesce(l.qty_cancelled, 0)
    GROUP BY l.customer_key
)
SELECT c.customer_key, c.customer_id, coalesce(c.customer_type, '') AS customer_type, coalesce(g.area, '') AS area, c.geo_key, c.owner_employee_key AS employee_key,
       CASE WHEN c.parent_customer_key > 0 THEN c.parent_customer_key END AS parent, c.annual_book_budget AS budget, coalesce(b.spent, 0) AS spent,
       coalesce(b.titles, 0) AS titles, coalesce(b.lines_all, 0) AS lines_all, coalesce(b.lines_12, 0) AS lines_12, b.last_date, c.consent_marketing
FROM core.dim_customer AS c
LEFT JOIN bought AS b ON b.customer_key = c.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key
WHERE c.customer_key > 0 AND coalesce(c.status, 'active') NOT IN ('merged', 'lost', 'closed')
ORDER BY c.customer_key
