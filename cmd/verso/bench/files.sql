-- The order file of the load benchmark: {rows} order lines of {rows}/3 orders by
-- {rows}/200 customers over six years, for 50,000 titles. Every value follows from
-- its row number, so that every run loads the same file.
CREATE TEMP TABLE customer AS
SELECT
    i AS "customer_id",
    'C' || i AS "customer_no",
    'Customer ' || i AS "name",
    ['library', 'university', 'institute', 'enterprise', 'individual'][1 + i % 5] AS "customer_type",
    CAST(11 + (i * 7) % 50 AS VARCHAR) || '0000' AS "region_code",
    DATE '2019-01-01' + CAST(i % 365 AS INTEGER) AS "created_date",
    'active' AS "status"
FROM range(1, 1 + greatest({rows} // 200, 1)) AS r(i);

CREATE TEMP TABLE title AS
SELECT
    i AS "title_id",
    'Title number ' || i AS "title",
    1 + i % 400 AS "publisher_id",
    ['TP391', 'O1', 'R73', 'F83', 'I712.45', 'H31', 'K825', 'Q7', 'TN91', 'D9'][1 + i % 10] AS "clc_primary",
    ['eng', 'ger', 'jpn', 'rus', 'chi'][1 + i % 5] AS "language",
    CAST(10 + (i * 13) % 400 AS DECIMAL(18, 2)) AS "list_price",
    'USD' AS "list_ccy",
    i % 20 = 0 AS "is_textbook"
FROM range(1, 50001) AS r(i);

CREATE TEMP TABLE order_header AS
SELECT
    i AS "order_id",
    'A' || i AS "order_no",
    1 + (i * 7919) % greatest({rows} // 200, 1) AS "customer_id",
    DATE '2020-01-01' + CAST((i * 2190) // greatest({rows} // 3, 1) AS INTEGER) AS "order_date",
    ['mail', 'fax', 'phone', 'e-mail', 'web', 'agent'][1 + i % 6] AS "entry_channel",
    CASE WHEN i % 50 = 0 THEN 'EUR' ELSE 'CNY' END AS "ccy"
FROM range(1, 1 + greatest({rows} // 3, 1)) AS r(i);

CREATE TEMP TABLE fx_rate AS
SELECT
    DATE '2019-12-25' + CAST(i AS INTEGER) AS "rate_date",
    'EUR' AS "ccy",
    CAST(7 + (i % 100) / 100.0 AS DECIMAL(18, 4)) AS "rate",
    'mid' AS "kind"
FROM range(0, 2210) AS r(i);

CREATE TEMP VIEW order_line AS
SELECT
    i AS "line_id",
    least(1 + i // 3, greatest({rows} // 3, 1)) AS "order_id",
    1 + i % 3 AS "line_no",
    1 + (i * 104729) % 50000 AS "title_id",
    1 + (i * 31) % 7 AS "qty_ordered",
    CAST(20 + (i * 17) % 48000 / 100.0 AS DECIMAL(18, 2)) AS "unit_price",
    CASE WHEN i % 4 = 0 THEN 10 ELSE 0 END AS "discount_pct"
FROM range(0, {rows}) AS r(i);
