-- What we owe suppliers. Parameters: first and last day of the twelve months.
WITH span AS (SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1)
SELECT count(*) AS invoices, coalesce(sum(CASE WHEN v.is_open THEN v.open ELSE 0 END), 0) AS owed, coalesce(sum(v.overdue), 0) AS overdue, quantile_disc(CASE WHEN v.settled_date BETWEEN s.from_1 AND s.to_1 THEN v.days_to_pay END, 0.5) AS days,
       CAST(count(CASE WHEN v.is_paid_late AND v.settled_date BETWEEN s.from_1 AND s.to_1 THEN 1 END) AS DOUBLE) / nullif(count(CASE WHEN v.is_paid AND v.settled_date BETWEEN s.from_1 AND s.to_1 THEN 1 END), 0) AS late,
       sum(CASE WHEN v.invoice_date > s.to_1 - 90 AND v.invoice_date <= s.to_1 THEN v.billed END) AS billed
FROM core.fact_payable AS v
CROSS JOIN span AS s
