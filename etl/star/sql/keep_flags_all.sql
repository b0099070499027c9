-- What the next increment compares with: what lines take from their orders.
CREATE OR REPLACE TABLE meta.star_order_flags AS
SELECT order_id, flags, catalogue_key FROM star_order_flow ORDER BY order_id;
