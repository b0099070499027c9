-- feature.churn_title: the titles that customers ordered, one row a customer, title and
-- order day up to the as-of date: all of the customers of feature.churn_who, of the
-- others those of the last 730 days.
--   in_sample  1 for the customers of feature.churn_who, of whom it is told who else
--              buys a title, so that it means the same for many customers as for few
SELECT f.customer_key, f.title_key, CAST(f.order_date - DATE '1970-01-01' AS INTEGER) AS day, CASE WHEN w.customer_key IS NULL THEN 0 ELSE 1 END AS in_sample
FROM core.fact_order_line AS f
CROSS JOIN meta.run AS r
LEFT JOIN feature.churn_who AS w ON w.customer_key = f.customer_key
WHERE f.customer_key <> -1 AND f.title_key <> -1 AND f.order_date <= r.as_of AND f.qty + coalesce(f.qty_cancelled, 0) > 0 AND (f.net > 0 OR f.qty = 0)
    AND (w.customer_key IS NOT NULL OR f.order_date > r.as_of - 730)
GROUP BY f.customer_key, f.title_key, f.order_date, w.customer_key
ORDER BY f.customer_key, f.title_key, f.order_date
