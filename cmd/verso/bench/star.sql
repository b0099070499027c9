-- The star of the load benchmark, written by hand as one DuckDB script: what
-- someone would write for exactly these five files, whose table macros
-- file_<table>() stand above. Same keys, measures and order as verso's own; the
-- checks a careful person would make are at the end and stop the script.
SET preserve_insertion_order = false;
CREATE SCHEMA core;
CREATE TEMP TABLE customer AS SELECT * FROM file_customer();
CREATE TEMP TABLE title AS SELECT * FROM file_title();
CREATE TEMP TABLE order_header AS SELECT * FROM file_order_header();
CREATE TEMP TABLE order_line AS SELECT * FROM file_order_line();
CREATE TEMP TABLE fx_rate AS SELECT * FROM file_fx_rate();

CREATE TABLE core.dim_date AS
SELECT CAST(strftime(day, '%Y%m%d') AS INTEGER) AS date_key, day AS "date", year(day) AS "year", quarter(day) AS "quarter", month(day) AS "month",
       isoyear(day) AS iso_year, weekofyear(day) AS iso_week, isodow(day) AS day_of_week
FROM (SELECT CAST(d AS DATE) AS day FROM range(DATE '2020-01-01', DATE '2027-01-01', INTERVAL 1 DAY) AS r(d));

CREATE TABLE core.dim_geo AS
SELECT CAST(row_number() OVER (ORDER BY region_code) AS INTEGER) AS geo_key, region_code FROM (SELECT DISTINCT region_code FROM customer);
CREATE TABLE core.dim_channel AS
SELECT CAST(row_number() OVER (ORDER BY entry_channel) AS INTEGER) AS channel_key, entry_channel FROM (SELECT DISTINCT entry_channel FROM order_header);
CREATE TABLE core.dim_currency AS
SELECT CAST(row_number() OVER (ORDER BY ccy) AS INTEGER) AS currency_key, ccy FROM (SELECT DISTINCT ccy FROM order_header);
CREATE TABLE core.dim_clc AS
SELECT CAST(row_number() OVER (ORDER BY clc_primary) AS INTEGER) AS clc_key, clc_primary AS code FROM (SELECT DISTINCT clc_primary FROM title);
CREATE TABLE core.dim_supplier AS
SELECT CAST(row_number() OVER (ORDER BY publisher_id) AS INTEGER) AS supplier_key, publisher_id FROM (SELECT DISTINCT publisher_id FROM title);
CREATE TABLE core.dim_title AS
SELECT CAST(row_number() OVER (ORDER BY t.title_id) AS INTEGER) AS title_key, t.*, c.clc_key, s.supplier_key AS publisher_key
FROM title t JOIN core.dim_clc c ON c.code = t.clc_primary JOIN core.dim_supplier s ON s.publisher_id = t.publisher_id;
CREATE TABLE core.dim_customer AS
SELECT CAST(row_number() OVER (ORDER BY c.customer_id) AS INTEGER) AS customer_key, c.*, g.geo_key
FROM customer c JOIN core.dim_geo g ON g.region_code = c.region_code;

CREATE TEMP TABLE placed AS
SELECT h.order_id, CAST(row_number() OVER (ORDER BY h.order_date, h.order_id) AS INTEGER) AS order_key, h.order_no, h.order_date,
       CAST(strftime(h.order_date, '%Y%m%d') AS INTEGER) AS date_key, c.customer_key, c.geo_key, ch.channel_key, cu.currency_key,
       CASE WHEN h.ccy = 'CNY' THEN CAST(1 AS DECIMAL(18, 8)) ELSE CAST(r.rate AS DECIMAL(18, 8)) END AS rate
FROM order_header h
JOIN core.dim_customer c ON c.customer_id = h.customer_id
JOIN core.dim_channel ch ON ch.entry_channel = h.entry_channel
JOIN core.dim_currency cu ON cu.ccy = h.ccy
LEFT JOIN fx_rate r ON r.ccy = h.ccy AND r.rate_date = h.order_date;

CREATE TABLE core.fact_order_line AS
WITH priced AS (
    SELECT l.line_id, l.order_id, o.order_key, o.order_no, l.line_no, o.date_key, o.order_date, o.customer_key, t.title_key, t.clc_key,
           o.geo_key, o.channel_key, -1 AS employee_key, t.publisher_key, o.currency_key, CAST(l.qty_ordered AS INTEGER) AS qty, 0 AS qty_cancelled,
           CAST(l.qty_ordered * CAST(l.unit_price AS DECIMAL(18, 2)) AS DECIMAL(18, 4)) AS gross_ccy, l.discount_pct, o.rate, t.is_textbook
    FROM order_line l JOIN placed o ON o.order_id = l.order_id JOIN core.dim_title t ON t.title_id = l.title_id
), converted AS (
    SELECT *, CASE WHEN rate = 1 THEN gross_ccy ELSE CAST(CAST(gross_ccy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS gross FROM priced
), net AS (
    SELECT *, CASE WHEN discount_pct = 0 THEN gross ELSE CAST(gross * CAST(100 - discount_pct AS DECIMAL(9, 4)) / 100 AS DECIMAL(18, 4)) END AS net FROM converted
)
SELECT line_id, order_id, order_key, order_no, line_no, date_key, order_date, customer_key, title_key, clc_key, geo_key, channel_key,
       employee_key, publisher_key, currency_key, qty, qty_cancelled, gross, CAST(gross - net AS DECIMAL(18, 4)) AS discount, net,
       CASE WHEN rate = 1 THEN net ELSE CAST(gross_ccy * CAST(100 - discount_pct AS DECIMAL(9, 4)) / 100 AS DECIMAL(18, 4)) END AS net_ccy, rate,
       CAST(0 AS DECIMAL(18, 4)) AS tax, CAST(NULL AS DECIMAL(18, 4)) AS cost, CAST(NULL AS DECIMAL(18, 4)) AS margin,
       false AS is_rush, is_textbook, CAST(NULL AS VARCHAR) AS term, CAST(NULL AS VARCHAR) AS status, 'order_line' AS source, line_id AS source_row
FROM net
ORDER BY order_date, order_key, line_no, line_id;

-- the checks
SELECT CASE WHEN (SELECT count(*) FROM order_line) <> (SELECT count(*) FROM core.fact_order_line) THEN error('lines were lost in a join') END;
SELECT CASE WHEN (SELECT count(*) FROM (SELECT line_id FROM order_line GROUP BY line_id HAVING count(*) > 1)) > 0 THEN error('duplicate lines') END;
SELECT CASE WHEN (SELECT count(*) FROM (SELECT order_id FROM order_header GROUP BY order_id HAVING count(*) > 1)) > 0 THEN error('duplicate orders') END;
SELECT CASE WHEN (SELECT count(*) FROM order_line WHERE qty_ordered IS NULL OR unit_price IS NULL OR unit_price < 0) > 0 THEN error('missing or negative') END;
SELECT CASE WHEN (SELECT count(*) FROM placed WHERE rate IS NULL) > 0 THEN error('no rate') END;
SELECT CASE WHEN (SELECT count(*) FROM placed WHERE order_date > DATE '2025-12-31') > 0 THEN error('orders in the future') END;
CHECKPOINT;
