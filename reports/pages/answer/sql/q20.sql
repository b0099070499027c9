-- The top tier of the pyramid by net sales, and how many of it are in that by
-- margin too, where a margin is known.
WITH net AS (
    SELECT p.customer_key, p.value, p.rank, p.tier
    FROM score.pyramid AS p
    WHERE p.basis = 'revenue'
), total AS (
    SELECT sum(CASE WHEN n.tier = 'top' THEN 1 ELSE 0 END) AS customers, sum(CASE WHEN n.tier = 'top' THEN n.value END) AS value, sum(n.value) AS whole,
           CASE WHEN count(m.customer_key) > 0 THEN sum(CASE WHEN n.tier = 'top' AND m.tier = 'top' THEN 1 ELSE 0 END) END AS both_tops
    FROM net AS n
    LEFT JOIN score.pyramid AS m ON m.customer_key = n.customer_key AND m.basis = 'margin'
)
SELECT coalesce(t.customers, 0) AS found_n, t.value AS net_money, CAST(t.value AS DOUBLE) / nullif(CAST(t.whole AS DOUBLE), 0) AS net_pct, t.both_tops AS both_n,
       c.customer_id AS first_id, c.customer_type AS first_kind, c.name AS first_name, f.value AS first_money
FROM total AS t
LEFT JOIN net AS f ON f.rank = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
