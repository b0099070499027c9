-- What customers judged by their quotations answer to: price or service.
SELECT coalesce(sum(CASE WHEN p.is_discount THEN 1 ELSE 0 END), 0) AS found_n, count(*) AS judged_n, avg(CASE WHEN p.is_discount THEN p.best_price END) AS price_pct,
       coalesce(sum(CASE WHEN p.is_serve THEN 1 ELSE 0 END), 0) AS serve_n, coalesce(sum(CASE WHEN p.is_discount AND l.status = 'dormant' THEN 1 ELSE 0 END), 0) AS wavering_n
FROM score.price AS p
LEFT JOIN score.loyalty AS l ON l.customer_key = p.customer_key
