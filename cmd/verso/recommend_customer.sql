-- What to offer a customer. Parameters: its number, a list twice ('' for both), most
-- lines of each, whether in Chinese.
SELECT r.list, r.rank, t.title_id, t.isbn13, CASE WHEN $5 THEN coalesce(t.title_zh, t.title) ELSE t.title END AS title, t.publisher, t.clc_primary AS class, t.list_price, t.list_ccy AS currency,
       CASE WHEN $5 THEN r.reason_zh ELSE r.reason_en END AS reason, r.is_holdout AS held_out
FROM score.recommendation AS r
INNER JOIN core.dim_customer AS c ON c.customer_key = r.customer_key
INNER JOIN core.dim_title AS t ON t.title_key = r.title_key
WHERE c.customer_id = $1 AND ($2 = '' OR r.list = $3) AND r.rank <= $4
ORDER BY r.list DESC, r.rank
