-- What the next increment compares with: small maps, whole.
CREATE OR REPLACE TABLE meta.star_supplier AS
SELECT supplier_id, supplier_key FROM core.dim_supplier WHERE supplier_key > 0 ORDER BY supplier_key;
CREATE OR REPLACE TABLE meta.star_employee AS
SELECT employee_id, employee_key FROM star_employee ORDER BY employee_key;
CREATE OR REPLACE TABLE meta.star_channel AS
SELECT channel_id, channel_key FROM star_channel ORDER BY channel_key;
CREATE OR REPLACE TABLE meta.star_geo AS
SELECT region_code, geo_key FROM star_geo ORDER BY geo_key;
CREATE OR REPLACE TABLE meta.star_currency AS
SELECT ccy, currency_key FROM core.dim_currency WHERE currency_key > 0 ORDER BY currency_key;
CREATE OR REPLACE TABLE meta.star_rate AS
SELECT ccy, day, rate FROM star_rate_day ORDER BY ccy, day;
CREATE OR REPLACE TABLE meta.star_title AS
SELECT title_id, title_key, clc_key, publisher_key, is_textbook, pub_date FROM star_title_map ORDER BY title_key;
CREATE OR REPLACE TABLE meta.star_customer AS
SELECT customer_id, customer_key, geo_key FROM star_customer_map ORDER BY customer_id;

-- The places of the members, which the next build keeps.
CREATE OR REPLACE TABLE meta.star_key AS
SELECT 'customer' AS dim, customer_id AS id, customer_key AS key FROM core.dim_customer WHERE customer_key > 0
UNION ALL
SELECT 'title', title_id, title_key FROM core.dim_title WHERE title_key > 0
UNION ALL
SELECT 'supplier', supplier_id, supplier_key FROM core.dim_supplier WHERE supplier_key > 0
UNION ALL
SELECT 'employee', employee_id, employee_key FROM core.dim_employee WHERE employee_key > 0
UNION ALL
SELECT 'channel', channel_id, channel_key FROM core.dim_channel WHERE channel_key > 0
UNION ALL
SELECT 'geo', region_code, geo_key FROM core.dim_geo WHERE geo_key > 0
UNION ALL
SELECT 'currency', ccy, currency_key FROM core.dim_currency WHERE currency_key > 0
UNION ALL
SELECT 'clc', code, clc_key FROM core.dim_clc WHERE clc_key > 0
UNION ALL
SELECT 'batch', batch_id, batch_key FROM core.dim_batch WHERE batch_key > 0
UNION ALL
SELECT 'catalogue', catalogue_id, catalogue_key FROM core.dim_catalogue WHERE catalogue_key > 0
UNION ALL
SELECT 'ticket_kind', CAST(json_array(type, channel, severity, dept, root_cause, is_complaint) AS VARCHAR), ticket_kind_key FROM core.dim_ticket_kind WHERE ticket_kind_key > 0
UNION ALL
SELECT 'customer_version', customer_id || ' ' || CAST(valid_from AS VARCHAR), version_key FROM core.dim_customer_version WHERE version_key > 0
UNION ALL
SELECT 'supplier_version', supplier_id || ' ' || CAST(valid_from AS VARCHAR), version_key FROM core.dim_supplier_version WHERE version_key > 0
UNION ALL
SELECT 'employee_version', employee_id || ' ' || CAST(valid_from AS VARCHAR), version_key FROM core.dim_employee_version WHERE version_key > 0
UNION ALL
SELECT 'channel_version', channel_id || ' ' || CAST(valid_from AS VARCHAR), version_key FROM core.dim_channel_version WHERE version_key > 0
ORDER BY dim, key;
