-- The customers with most lines kept and what they prefer. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, p."lines", p.sentence, p.sentence_zh
FROM score.taste_profile AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
WHERE p."lines" > 0
ORDER BY p."lines" DESC, p.customer_key
LIMIT ?
