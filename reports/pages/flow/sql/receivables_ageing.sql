-- Open invoices by how long they are overdue.
SELECT a.name, a.name_zh, count(*) AS invoices, count(DISTINCT v.customer_key) AS customers, sum(v.open) AS open, a.is_overdue
FROM core.fact_receivable AS v
JOIN core.dim_ageing AS a ON a.ageing_key = v.ageing_key
WHERE v.is_open OR v.is_credit
GROUP BY a.ageing_key, a.name, a.name_zh, a.is_overdue
ORDER BY a.ageing_key
