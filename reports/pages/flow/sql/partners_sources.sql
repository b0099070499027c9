-- Who brought customers: by the source of the first contact. Parameters: first and last day of the twelve months.
WITH span AS (SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1), year AS (
    SELECT m.customer_key, sum(m.net) AS net, sum(m.contribution) AS contribution
    FROM core.fact_customer_month AS m
    CROSS JOIN span AS s
    WHERE m.month BETWEEN s.from_1 AND s.to_1
    GROUP BY m.customer_key
)
SELECT coalesce(c.first_contact_source, ''), count(*) AS customers, count(CASE WHEN c.first_order_date IS NOT NULL THEN 1 END) AS bought, count(CASE WHEN c.first_order_date BETWEEN s.from_1 AND s.to_1 THEN 1 END) AS new,
       count(CASE WHEN y.net > 0 THEN 1 END) AS active, coalesce(sum(y.net), 0) AS net, CASE WHEN count(y.customer_key) = 0 THEN 0 ELSE sum(y.contribution) END AS contribution
FROM core.dim_customer AS c
CROSS JOIN span AS s
LEFT JOIN year AS y ON y.customer_key = c.customer_key
WHERE c.customer_key <> -1 AND NOT coalesce(c.is_inferred, false)
GROUP BY coalesce(c.first_contact_source, '')
ORDER BY net DESC, 1
