-- What customers owe on the as-of date.
SELECT count(*) AS invoices, coalesce(sum(CASE WHEN is_open THEN open ELSE 0 END), 0) AS owed, coalesce(sum(overdue), 0) AS overdue, count(CASE WHEN is_open THEN 1 END) AS open_invoices, count(CASE WHEN is_overdue THEN 1 END) AS overdue_invoices,
       count(DISTINCT CASE WHEN is_overdue AND customer_key <> -1 THEN customer_key END) AS late_customers, coalesce(sum(CASE WHEN is_overdue AND days_past_due > 90 THEN overdue ELSE 0 END), 0) AS old
FROM core.fact_receivable
