-- feature.wallet_peer: what customers alike bought in the last twelve months: one
-- row per group. place 1 is type, size and area, 2 type and size, 3 type.
WITH buyer AS (
    SELECT b.customer_type, b.size_no, b.area, CAST(b.sales_12 AS DOUBLE) AS sales
    FROM feature.wallet_base AS b
    WHERE b.sales_12 > 0
)
SELECT 1 AS "place", b.customer_type, b.size_no, b.area, CAST(count(*) AS INTEGER) AS "peers", quantile_cont(b.sales, 0.75) AS "p75", quantile_cont(b.sales, 0.9) AS "p90"
FROM buyer AS b GROUP BY b.customer_type, b.size_no, b.area
UNION ALL
SELECT 2, b.customer_type, b.size_no, NULL, CAST(count(*) AS INTEGER), quantile_cont(b.sales, 0.75), quantile_cont(b.sales, 0.9)
FROM buyer AS b GROUP BY b.customer_type, b.size_no
UNION ALL
SELECT 3, b.customer_type, NULL, NULL, CAST(count(*) AS INTEGER), quantile_cont(b.sales, 0.75), quantile_cont(b.sales, 0.9)
FROM buyer AS b GROUP BY b.customer_type
ORDER BY "place", 2, 3 NULLS LAST, 4 NULLS LAST
