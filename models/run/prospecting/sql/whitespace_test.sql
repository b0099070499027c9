SELECT count(*) AS cells, coalesce(sum(CASE WHEN w.is_listed THEN 1 ELSE 0 END), 0) AS listed,
       coalesce(sum(CASE WHEN h.customer_key IS NOT NULL THEN 1 ELSE 0 END), 0) AS bought,
       coalesce(sum(CASE WHEN w.is_listed AND h.customer_key IS NOT NULL THEN 1 ELSE 0 END), 0) AS listed_bought
FROM feature.whitespace AS w
INNER JOIN (SELECT DISTINCT l.customer_key FROM core.fact_order_line AS l CROSS JOIN meta.run AS r WHERE l.order_date > CAST(? AS DATE) AND l.order_date <= r.as_of AND l.qty > 0) AS still ON still.customer_key = w.customer_key
LEFT JOIN (
    SELECT DISTINCT l.customer_key, c.bucket
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
    WHERE l.order_date > CAST(? AS DATE) AND l.order_date <= r.as_of AND l.qty > 0
) AS h ON h.customer_key = w.customer_key AND h.bucket = w.bucket
