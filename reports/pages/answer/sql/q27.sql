-- Records of customers: added in twelve months, untouched for 24 months, and what
-- they lack most; the first two where days of creation are known and orders reach
-- back that far.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), field AS (
    SELECT f.field_en, f.field_zh, CAST(sum(f.known) AS DOUBLE) / CAST(sum(f.customers) AS DOUBLE) AS share,
           row_number() OVER (ORDER BY CAST(sum(f.known) AS DOUBLE) / CAST(sum(f.customers) AS DOUBLE), f.field_en) AS place
    FROM score.completeness AS f
    WHERE f.is_counted AND f.customers > 0
    GROUP BY f.field_en, f.field_zh
), record AS (
    SELECT count(*) AS customers, CASE WHEN (SELECT min(o.order_date) FROM core.fact_order_line AS o) <= min(r.as_of) - 730 THEN sum(CASE WHEN c.is_stale THEN 1 ELSE 0 END) END AS stale, avg(c.completeness) AS completeness,
           CASE WHEN count(d.created_date) > 0 THEN sum(CASE WHEN d.created_date BETWEEN r.since AND r.as_of THEN 1 ELSE 0 END) END AS added
    FROM score.customer_completeness AS c
    INNER JOIN core.dim_customer AS d ON d.customer_key = c.customer_key
    CROSS JOIN run AS r
)
SELECT n.customers AS found_n, n.added AS added_n, n.stale AS stale_n, n.completeness / 100 AS complete_pct, f.field_en AS field_name, f.field_zh, 1 - f.share AS field_pct
FROM record AS n
LEFT JOIN field AS f ON f.place = 1 AND f.share < 1
