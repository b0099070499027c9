-- score.taste_demand: demand by subject that was not met, of the last 24 months:
-- quotations that led to no order, order lines cancelled to the last copy, and
-- customers who said to care for the subject and bought nothing of it. All
-- subjects with any, the largest first.
CREATE OR REPLACE TABLE score.taste_demand AS
WITH quoted AS (
    SELECT clc_key, count(*) AS quotes, count(*) FILTER (WHERE accepted = 0 AND coalesce(pending, 0) = 0) AS unmet,
           count(DISTINCT customer_key) FILTER (WHERE accepted = 0 AND coalesce(pending, 0) = 0) AS quoted_customers
    FROM core.fact_quote WHERE date > CAST(? AS DATE) - INTERVAL 24 MONTH AND date <= CAST(? AS DATE) GROUP BY clc_key
), ordered AS (
    SELECT clc_key, count(*) AS "lines", count(*) FILTER (WHERE qty - coalesce(qty_cancelled, 0) <= 0) AS cancelled,
           coalesce(sum(qty) FILTER (WHERE qty - coalesce(qty_cancelled, 0) <= 0), 0) AS cancelled_copies
    FROM core.fact_order_line WHERE qty > 0 AND order_date > CAST(? AS DATE) - INTERVAL 24 MONTH AND order_date <= CAST(? AS DATE) GROUP BY clc_key
), bought AS (
    SELECT DISTINCT customer_key, clc_key FROM core.fact_order_line WHERE qty > 0 AND order_date > CAST(? AS DATE) - INTERVAL 24 MONTH AND order_date <= CAST(? AS DATE)
), declared AS (
    SELECT i.clc_key, count(*) AS declared, count(*) FILTER (WHERE b.customer_key IS NULL) AS unserved
    FROM core.bridge_customer_interest AS i
    JOIN core.dim_customer AS k ON k.customer_key = i.customer_key
    LEFT JOIN bought AS b ON b.customer_key = i.customer_key AND b.clc_key = i.clc_key
    GROUP BY i.clc_key
), listed AS (
    SELECT clc_key, count(*) AS titles FROM core.dim_title WHERE first_listed > CAST(? AS DATE) - INTERVAL 24 MONTH AND first_listed <= CAST(? AS DATE) GROUP BY clc_key
)
SELECT c.clc_key, c.code, coalesce(c.name_en, c.code) AS name, coalesce(c.name_zh, c.code) AS name_zh,
       CAST(coalesce(o."lines", 0) AS BIGINT) AS "lines", CAST(coalesce(q.quotes, 0) AS BIGINT) AS quotes, CAST(coalesce(q.unmet, 0) AS BIGINT) AS unmet_quotes,
       CAST(coalesce(q.quoted_customers, 0) AS BIGINT) AS quoted_customers, CAST(coalesce(o.cancelled, 0) AS BIGINT) AS cancelled_lines,
       CAST(coalesce(o.cancelled_copies, 0) AS BIGINT) AS cancelled_copies, CAST(coalesce(d.declared, 0) AS BIGINT) AS declared,
       CAST(coalesce(d.unserved, 0) AS BIGINT) AS unserved, CAST(coalesce(l.titles, 0) AS BIGINT) AS new_titles
FROM core.dim_clc AS c
LEFT JOIN quoted AS q ON q.clc_key = c.clc_key
LEFT JOIN ordered AS o ON o.clc_key = c.clc_key
LEFT JOIN declared AS d ON d.clc_key = c.clc_key
LEFT JOIN listed AS l ON l.clc_key = c.clc_key
WHERE c.clc_key > 0 AND coalesce(q.unmet, 0) + coalesce(o.cancelled, 0) + coalesce(d.unserved, 0) > 0
ORDER BY coalesce(q.unmet, 0) + coalesce(o.cancelled, 0) DESC, coalesce(d.unserved, 0) DESC, c.clc_key;
