-- The same as keep_all.sql after an increment: only what has changed.
DELETE FROM meta.star_order
WHERE order_id IN (SELECT order_id FROM due.moved_order);

INSERT INTO meta.star_order
SELECT order_id, order_key, customer_key, geo_key, channel_key, employee_key, currency_key, customer_version_key, rate, campaign_key, rate_constant, refused
FROM star_order
WHERE order_id IN (SELECT order_id FROM due.moved_order)
ORDER BY order_key;

DELETE FROM meta.star_order_key
WHERE order_id IN (SELECT order_id FROM due.moved_order);

INSERT INTO meta.star_order_key
SELECT order_id, order_key FROM star_order
WHERE order_id IN (SELECT order_id FROM due.moved_order)
ORDER BY order_key;

DELETE FROM meta.star_purchase
WHERE po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line);

INSERT INTO meta.star_purchase
SELECT po_line_id, order_line_id
FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line)
ORDER BY po_line_id;
