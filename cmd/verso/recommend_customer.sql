-- What to offer a customer. Parameters: its number, a list twice ('' for both), most
-- lines of each, whether in Chinese, whether for a reader.
SELECT CASE WHEN NOT $6 THEN r.list WHEN r.list = 'new' THEN CASE WHEN $5 THEN '新书' ELSE 'New titles' END ELSE CASE WHEN $5 THEN '现有图书' ELSE 'Existing stock' END END AS {list},
       r.rank AS {rank}, t.title_id AS {title_id}, t.isbn13 AS {isbn13}, CASE WHEN $5 THEN coalesce(t.title_zh, t.title) ELSE t.title END AS {title}, t.publisher AS {publisher}, t.clc_primary AS {class},
       CAST(t.list_price AS DECIMAL(18, 2)) AS {list_price}, t.list_ccy AS {currency}, CASE WHEN $5 THEN r.reason_zh ELSE r.reason_en END AS {reason}{last}
FROM score.recommendation AS r
INNER JOIN core.dim_customer AS c ON c.customer_key = r.customer_key
INNER JOIN core.dim_title AS t ON t.title_key = r.title_key
WHERE c.customer_id = $1 AND ($2 = '' OR r.list = $3) AND r.rank <= $4
ORDER BY r.list DESC, r.rank
