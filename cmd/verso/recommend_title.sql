-- Who would want a new title. Parameters: its number or ISBN twice, most lines,
-- whether in Chinese.
SELECT t.title_id AS {title_id}, g.rank AS {rank}, c.customer_id AS {customer_id}, c.name AS {customer}, c.customer_type AS {type}, CASE WHEN $4 THEN g.reason_zh ELSE g.reason_en END AS {reason}, g.is_holdout AS {held_out}
FROM score.title_target AS g
INNER JOIN core.dim_title AS t ON t.title_key = g.title_key
INNER JOIN core.dim_customer AS c ON c.customer_key = g.customer_key
WHERE (t.title_id = $1 OR t.isbn13 = $2) AND g.rank <= $3
ORDER BY t.title_id, g.rank
