-- Median lead time in print by supplier and month of the purchase order. Parameters: first day, last day.
SELECT p.supplier_key, CAST(date_trunc('month', p.po_date) AS DATE) AS month, quantile_disc(p.lead_days, 0.5) AS days
FROM core.fact_purchase_line AS p
LEFT JOIN core.dim_order_flags AS g ON g.order_flag_key = p.order_flag_key
WHERE p.lead_days IS NOT NULL AND p.supplier_key > 0 AND NOT coalesce(g.is_forthcoming, false) AND p.po_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY p.supplier_key, date_trunc('month', p.po_date)
ORDER BY p.supplier_key, month
