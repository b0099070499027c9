-- Customers who first ordered in the last 24 months and probably order no more;
-- the type that leaves soonest after its first order.
WITH point AS (
    SELECT s.customer_type, s.survival, row_number() OVER (PARTITION BY s.customer_type ORDER BY s.month DESC) AS place, max(s.at_risk) OVER (PARTITION BY s.customer_type) AS customers
    FROM score.survival AS s
    WHERE s.month <= 12 AND s.customer_type IN (SELECT z.customer_type FROM score.survival AS z WHERE z.month >= 12)
), kind AS (
    SELECT p.customer_type, p.survival, row_number() OVER (ORDER BY p.survival, p.customer_type) AS place
    FROM point AS p
    WHERE p.place = 1 AND p.customers >= 10 AND p.customer_type <> '(all)'
), fresh AS (
    SELECT count(*) AS customers, count(v.p_alive) AS judged, sum(CASE WHEN v.p_alive < 0.5 THEN 1 ELSE 0 END) AS leaving
    FROM score.clv AS v
    CROSS JOIN meta.run AS r
    WHERE v.first_date > r.as_of - 730
)
SELECT f.customers AS found_n, CASE WHEN f.judged > 0 AND f.judged < f.customers THEN f.judged END AS part_n, CASE WHEN f.judged = 0 THEN f.customers END AS unknown_n, CASE WHEN f.judged > 0 THEN f.leaving END AS leaving_n, CAST(f.leaving AS DOUBLE) / nullif(CAST(f.judged AS DOUBLE), 0) AS leaving_pct, k.customer_type AS worst_type, 1 - k.survival AS worst_pct
FROM fresh AS f
LEFT JOIN kind AS k ON k.place = 1
