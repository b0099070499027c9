-- What the next increment compares with: of orders, what they take of other
-- tables; of purchase lines, the order line they serve.
CREATE OR REPLACE TABLE meta.star_order AS
SELECT order_id, order_key, customer_key, geo_key, channel_key, employee_key, currency_key, customer_version_key, rate, campaign_key, rate_constant, refused
FROM star_order
ORDER BY order_key;

-- The numbers of the orders, which the next build keeps.
CREATE OR REPLACE TABLE meta.star_order_key AS
SELECT order_id, order_key FROM star_order ORDER BY order_key;

CREATE OR REPLACE TABLE meta.star_purchase AS
SELECT po_line_id, order_line_id
FROM stage.purchase_line
WHERE order_line_id IS NOT NULL
ORDER BY po_line_id;
