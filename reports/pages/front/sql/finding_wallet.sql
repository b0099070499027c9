-- Customers worth winning who buy little of what they could, by margin.
SELECT count(*) AS n, sum(w.potential_margin) AS amount, CAST(NULL AS DOUBLE) AS change, false AS alarm, arg_max(c.customer_id, ROW(w.potential_margin, -c.customer_key)) AS id,
       arg_max(c.name, ROW(w.potential_margin, -c.customer_key)) AS name, arg_max(c.customer_type, ROW(w.potential_margin, -c.customer_key)) AS kind, max(w.potential_margin) AS part, '' AS code
FROM score.wallet AS w
JOIN core.dim_customer AS c ON c.customer_key = w.customer_key
WHERE w.is_low AND w.is_wanted AND w.potential_margin > 0
