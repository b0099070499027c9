-- feature.quote_answer: quotations that are no longer valid at the as-of date,
-- with their price against what is usual: what a copy of the title cost in the
-- same quarter, before discount, on lines that were not sold on a quotation; else
-- what lines of its subject and list currency cost per unit of list price in that
-- quarter, or of its currency alone. Quotations of which nothing of this is known
-- are left out, as are prices more than threefold off: they are for something else.
--   ratio  price quoted ÷ usual price
WITH quote AS (
    SELECT q.quote_id, q.customer_key, q.title_key, q.date, q.price, q.accepted, t.list_price, t.list_ccy, t.clc_key,
           EXTRACT(year FROM q.date) * 4 + EXTRACT(quarter FROM q.date) AS quarter
    FROM core.fact_quote AS q
    CROSS JOIN meta.run AS r
    INNER JOIN core.dim_title AS t ON t.title_key = q.title_key
    WHERE q.customer_key <> -1 AND q.title_key <> -1 AND q.price > 0 AND q.valid_to <= r.as_of
), quoted AS (
    SELECT DISTINCT q.customer_key, q.title_key
    FROM core.fact_quote AS q
    WHERE q.accepted = 1
), sold AS (
    SELECT l.title_key, EXTRACT(year FROM l.order_date) * 4 + EXTRACT(quarter FROM l.order_date) AS quarter, sum(l.gross) AS gross, sum(l.qty) AS qty, count(*) AS lines
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    LEFT JOIN quoted AS x ON x.customer_key = l.customer_key AND x.title_key = l.title_key
    WHERE l.qty > 0 AND l.gross > 0 AND l.title_key <> -1 AND l.order_date <= r.as_of AND x.title_key IS NULL
    GROUP BY l.title_key, EXTRACT(year FROM l.order_date) * 4 + EXTRACT(quarter FROM l.order_date)
), own AS (
    SELECT s.title_key, s.quarter, CAST(s.gross AS DOUBLE) / CAST(s.qty AS DOUBLE) AS usual
    FROM sold AS s
), listed AS (
    SELECT t.clc_key, t.list_ccy, s.quarter, s.lines, s.gross, t.list_price * CAST(s.qty AS BIGINT) AS listed
    FROM sold AS s
    INNER JOIN core.dim_title AS t ON t.title_key = s.title_key
    WHERE t.list_price > 0 AND t.list_ccy IS NOT NULL
), subject AS (
    SELECT l.clc_key, l.list_ccy, l.quarter, CAST(sum(l.gross) AS DOUBLE) / CAST(sum(l.listed) AS DOUBLE) AS factor
    FROM listed AS l
    GROUP BY l.clc_key, l.list_ccy, l.quarter
    HAVING sum(l.lines) >= 3
), currency AS (
    SELECT l.list_ccy, l.quarter, CAST(sum(l.gross) AS DOUBLE) / CAST(sum(l.listed) AS DOUBLE) AS factor
    FROM listed AS l
    GROUP BY l.list_ccy, l.quarter
    HAVING sum(l.lines) >= 3
), priced AS (
    SELECT q.quote_id, q.customer_key, q.date, q.accepted, CAST(q.price AS DOUBLE) AS price,
           coalesce(o.usual, CASE WHEN q.list_price > 0 THEN CAST(q.list_price AS DOUBLE) * coalesce(s.factor, c.factor) END) AS usual
    FROM quote AS q
    LEFT JOIN own AS o ON o.title_key = q.title_key AND o.quarter = q.quarter
    LEFT JOIN subject AS s ON s.clc_key = q.clc_key AND s.list_ccy = q.list_ccy AND s.quarter = q.quarter
    LEFT JOIN currency AS c ON c.list_ccy = q.list_ccy AND c.quarter = q.quarter
)
SELECT p.customer_key, p.quote_id, p.date, CAST(p.accepted AS INTEGER) AS "accepted", p.price / p.usual AS "ratio"
FROM priced AS p
WHERE p.usual > 0 AND p.price <= 3 * p.usual AND p.usual <= 3 * p.price
ORDER BY p.customer_key, p.date, p.quote_id
