-- Order lines of twelve months of the two upper tiers that could not be
-- supplied: not found, out of print, or stopped by embargo or customs.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), line AS (
    SELECT f.customer_key, f.clc_key, f.qty_cancelled
    FROM core.fact_order_stage AS f
    INNER JOIN core.dim_reason AS k ON k.reason_key = f.cancel_reason_key AND k.kind = 'cancel' AND k.code IN ('not found', 'op', 'embargo', 'customs')
    INNER JOIN score.pyramid AS p ON p.customer_key = f.customer_key AND p.basis = 'revenue' AND p.tier_no <= 2
    CROSS JOIN run AS r
    WHERE f.qty_cancelled > 0 AND f.order_date BETWEEN r.since AND r.as_of
), class AS (
    SELECT k.bucket_name_en AS name, k.bucket_name_zh AS name_zh, count(*) AS lines, row_number() OVER (ORDER BY count(*) DESC, k.bucket_name_en NULLS LAST) AS place
    FROM line AS l
    INNER JOIN core.dim_clc AS k ON k.clc_key = l.clc_key
    WHERE k.bucket IS NOT NULL
    GROUP BY k.bucket_name_en, k.bucket_name_zh
), total AS (
    SELECT count(*) AS lines, sum(l.qty_cancelled) AS copies, count(DISTINCT l.customer_key) AS customers
    FROM line AS l
)
SELECT t.lines AS found_n, coalesce(t.copies, 0) AS copies_n, t.customers AS customers_n, c.name AS class_name, c.name_zh AS class_zh, c.lines AS class_n
FROM total AS t
LEFT JOIN class AS c ON c.place = 1
