-- due.moved_*: the ids of which facts now take something else than in the last
-- build, kept in meta.star_*.
CREATE OR REPLACE TABLE due.moved_supplier AS
SELECT coalesce(n.supplier_id, o.supplier_id) AS supplier_id
FROM (SELECT supplier_id, supplier_key FROM core.dim_supplier WHERE supplier_key > 0) n
FULL JOIN meta.star_supplier o ON o.supplier_id = n.supplier_id
WHERE o.supplier_key IS DISTINCT FROM n.supplier_key;

CREATE OR REPLACE TABLE due.moved_employee AS
SELECT coalesce(n.employee_id, o.employee_id) AS employee_id
FROM star_employee n
FULL JOIN meta.star_employee o ON o.employee_id = n.employee_id
WHERE o.employee_key IS DISTINCT FROM n.employee_key;

CREATE OR REPLACE TABLE due.moved_channel AS
SELECT coalesce(n.channel_id, o.channel_id) AS channel_id
FROM star_channel n
FULL JOIN meta.star_channel o ON o.channel_id = n.channel_id
WHERE o.channel_key IS DISTINCT FROM n.channel_key;

CREATE OR REPLACE TABLE due.moved_geo AS
SELECT coalesce(n.region_code, o.region_code) AS region_code
FROM star_geo n
FULL JOIN meta.star_geo o ON o.region_code = n.region_code
WHERE o.geo_key IS DISTINCT FROM n.geo_key;

CREATE OR REPLACE TABLE due.moved_currency AS
SELECT coalesce(n.ccy, o.ccy) AS ccy
FROM (SELECT ccy, currency_key FROM core.dim_currency WHERE currency_key > 0) n
FULL JOIN meta.star_currency o ON o.ccy = n.ccy
WHERE o.currency_key IS DISTINCT FROM n.currency_key;

-- The rate of a currency on a day, come, gone or changed.
CREATE OR REPLACE TABLE due.moved_rate AS
SELECT coalesce(n.ccy, o.ccy) AS ccy, coalesce(n.day, o.day) AS day
FROM star_rate_day n
FULL JOIN meta.star_rate o ON o.ccy = n.ccy AND o.day = n.day
WHERE o.rate IS DISTINCT FROM n.rate;

-- A title's key, class, publisher, being a textbook or day of publication.
CREATE OR REPLACE TABLE due.moved_title AS
SELECT coalesce(n.title_id, o.title_id) AS title_id
FROM star_title_map n
FULL JOIN meta.star_title o ON o.title_id = n.title_id
WHERE o.title_key IS DISTINCT FROM n.title_key OR o.clc_key IS DISTINCT FROM n.clc_key
   OR o.publisher_key IS DISTINCT FROM n.publisher_key OR o.is_textbook IS DISTINCT FROM n.is_textbook
   OR o.pub_date IS DISTINCT FROM n.pub_date;

-- The customer that stands for a record, its region, or its versions.
CREATE OR REPLACE TABLE due.moved_customer AS
SELECT coalesce(n.customer_id, o.customer_id) AS customer_id
FROM star_customer_map n
FULL JOIN meta.star_customer o ON o.customer_id = n.customer_id
WHERE o.customer_key IS DISTINCT FROM n.customer_key OR o.geo_key IS DISTINCT FROM n.geo_key
UNION
SELECT m.customer_id
FROM core.dim_customer_version v
FULL JOIN star_was_version o ON o.customer_key = v.customer_key AND o.valid_from = v.valid_from
JOIN star_customer_map m ON m.customer_key = coalesce(v.customer_key, o.customer_key)
WHERE o.version_key IS DISTINCT FROM v.version_key OR o.valid_to IS DISTINCT FROM v.valid_to;

-- What an order takes of the dimensions and the rates, and its place among all.
CREATE OR REPLACE TABLE due.moved_order AS
SELECT coalesce(n.order_id, o.order_id) AS order_id
FROM star_order n
FULL JOIN meta.star_order o ON o.order_id = n.order_id
WHERE o.order_key IS DISTINCT FROM n.order_key OR o.customer_key IS DISTINCT FROM n.customer_key
   OR o.geo_key IS DISTINCT FROM n.geo_key OR o.channel_key IS DISTINCT FROM n.channel_key
   OR o.employee_key IS DISTINCT FROM n.employee_key OR o.currency_key IS DISTINCT FROM n.currency_key
   OR o.customer_version_key IS DISTINCT FROM n.customer_version_key OR o.rate IS DISTINCT FROM n.rate
   OR o.campaign_key IS DISTINCT FROM n.campaign_key OR o.rate_constant IS DISTINCT FROM n.rate_constant
   OR o.refused IS DISTINCT FROM n.refused;

-- What the lines of an order take from it: rush, web, first order, promotion,
-- catalogue.
CREATE OR REPLACE TABLE due.moved_flags AS
SELECT coalesce(n.order_id, o.order_id) AS order_id
FROM star_order_flow n
FULL JOIN meta.star_order_flags o ON o.order_id = n.order_id
WHERE o.flags IS DISTINCT FROM n.flags OR o.catalogue_key IS DISTINCT FROM n.catalogue_key;

-- The constant rate of a currency.
CREATE OR REPLACE TABLE due.moved_constant AS
SELECT coalesce(n.ccy, o.ccy) AS ccy
FROM meta.constant_rate n
FULL JOIN meta.star_constant o ON o.ccy = n.ccy
WHERE o.rate IS DISTINCT FROM n.rate;

-- The rate that a purchase order was settled at.
CREATE OR REPLACE TABLE due.moved_settled AS
SELECT coalesce(n.po_id, o.po_id) AS po_id
FROM star_po_rate n
FULL JOIN meta.star_settled o ON o.po_id = n.po_id
WHERE o.rate IS DISTINCT FROM n.rate;

-- A batch's key or kind.
CREATE OR REPLACE TABLE due.moved_batch AS
SELECT coalesce(n.batch_id, o.batch_id) AS batch_id
FROM core.dim_batch n
FULL JOIN star_was_batch o ON o.batch_id = n.batch_id
WHERE coalesce(n.batch_id, o.batch_id) IS NOT NULL
  AND (o.batch_key IS DISTINCT FROM n.batch_key OR o.batch_type IS DISTINCT FROM n.batch_type);

-- What order lines take of a purchase order: its day, currency, supplier and batch;
-- the last build's are in its purchase lines.
CREATE OR REPLACE TABLE due.moved_purchase_order AS
WITH was AS (
    SELECT DISTINCT f.po_id, f.po_date, f.supplier_key, f.batch_key, y.ccy
    FROM core.fact_purchase_line f
    JOIN meta.star_currency y ON y.currency_key = f.currency_key
    WHERE f.po_id IN (SELECT po_id FROM due.changed_purchase_order)
)
SELECT DISTINCT c.po_id
FROM due.changed_purchase_order c
CROSS JOIN meta.star_parameter p
LEFT JOIN stage.purchase_order n ON n.po_id = c.po_id
LEFT JOIN core.dim_supplier s ON s.supplier_id = CAST(n.supplier_id AS VARCHAR)
LEFT JOIN core.dim_batch b ON b.batch_id = CAST(n.batch_id AS VARCHAR)
LEFT JOIN was o ON o.po_id = c.po_id
WHERE NOT coalesce(o.po_date = n.po_date AND o.ccy = coalesce(n.ccy, p.currency), false)
   OR o.supplier_key IS DISTINCT FROM coalesce(s.supplier_key, -1) OR o.batch_key IS DISTINCT FROM coalesce(b.batch_key, -1);
