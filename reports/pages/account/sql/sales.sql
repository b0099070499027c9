-- Net sales of a period and of the one before. Parameters: keys of customers, the
-- first day of the one before, the first and the last day of the period.
WITH wanted AS (
    SELECT CAST(k.key AS INTEGER) AS customer_key FROM (SELECT unnest(string_split(?, ',')) AS key) AS k
), span AS (
    SELECT CAST(? AS DATE) AS before, CAST(? AS DATE) AS first, CAST(? AS DATE) AS last
)
SELECT l.customer_key, sum(CASE WHEN l.order_date >= s.first THEN l.net ELSE 0 END) AS net_now, sum(CASE WHEN l.order_date < s.first THEN l.net ELSE 0 END) AS net_before
FROM core.fact_order_line AS l
INNER JOIN wanted AS w ON w.customer_key = l.customer_key
CROSS JOIN span AS s
WHERE l.order_date BETWEEN s.before AND s.last
GROUP BY l.customer_key
ORDER BY l.customer_key
