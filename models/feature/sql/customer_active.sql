-- feature.customer_active: customers by the month of their first purchase and the
-- whole months at whose end they were active: they had bought within the twelve
-- months that ended with it. A purchase is a day with a positive sum, net of
-- returns. Months are year * 12 + month - 1.
WITH bought AS (
    SELECT DISTINCT d.customer_key, CAST(EXTRACT(year FROM d.day) * 12 + EXTRACT(month FROM d.day) - 1 AS INTEGER) AS month_no
    FROM (SELECT p.customer_key, DATE '1970-01-01' + p.order_day AS "day" FROM feature.purchase_day AS p WHERE p.amount > 0) AS d
    CROSS JOIN feature.demand_span AS s
    WHERE d."day" < s.end_date
), run AS (
    SELECT b.customer_key, b.month_no, min(b.month_no) OVER (PARTITION BY b.customer_key) AS cohort_no,
           lead(b.month_no) OVER (PARTITION BY b.customer_key ORDER BY b.month_no) AS next_no
    FROM bought AS b
), ahead AS (
    SELECT a.k FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)) AS a (k)
)
SELECT r.cohort_no, r.month_no + a.k AS "month_no", CAST(count(*) AS INTEGER) AS "customers"
FROM run AS r
CROSS JOIN ahead AS a
CROSS JOIN feature.demand_span AS s
WHERE r.month_no + a.k <= s.last_no AND (r.next_no IS NULL OR r.month_no + a.k < r.next_no)
GROUP BY r.cohort_no, r.month_no + a.k
ORDER BY r.cohort_no, r.month_no + a.k
