-- Who of all customers won is still one after one and three years, of curves that
-- reach that far; who has bought for three years, where the orders reach back to that.
WITH size AS (
    SELECT s.customer_type, max(s.at_risk) AS customers, max(s.month) AS last_month
    FROM score.survival AS s
    GROUP BY s.customer_type
), point AS (
    SELECT s.customer_type, s.survival, m.months, row_number() OVER (PARTITION BY s.customer_type, m.months ORDER BY s.month DESC) AS place
    FROM score.survival AS s
    INNER JOIN (VALUES (12), (36)) AS m (months) ON s.month <= m.months
    INNER JOIN size AS z ON z.customer_type = s.customer_type AND z.last_month >= m.months
), kind AS (
    SELECT p.customer_type, p.survival, row_number() OVER (ORDER BY p.survival DESC, p.customer_type) AS place
    FROM point AS p
    INNER JOIN size AS z ON z.customer_type = p.customer_type AND z.customers >= 10
    WHERE p.place = 1 AND p.months = 36 AND p.customer_type <> '(all)'
), lasting AS (
    SELECT CASE WHEN (SELECT min(o.order_date) FROM core.fact_order_line AS o) <= min(r.as_of) - 1095
                THEN sum(CASE WHEN l.status IN ('active', 'reactivated') AND c.first_order_date <= r.as_of - 1095 THEN 1 ELSE 0 END) END AS customers
    FROM score.loyalty AS l
    INNER JOIN core.dim_customer AS c ON c.customer_key = l.customer_key
    CROSS JOIN meta.run AS r
)
SELECT z.customers AS found_n, a.survival AS one_pct, b.survival AS three_pct, k.customer_type AS best_type, k.survival AS best_pct, n.customers AS lasting_n
FROM size AS z
CROSS JOIN lasting AS n
LEFT JOIN point AS a ON a.customer_type = z.customer_type AND a.months = 12 AND a.place = 1
LEFT JOIN point AS b ON b.customer_type = z.customer_type AND b.months = 36 AND b.place = 1
LEFT JOIN kind AS k ON k.place = 1
WHERE z.customer_type = '(all)'
