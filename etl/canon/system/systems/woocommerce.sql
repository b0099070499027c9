-- system: woocommerce
-- title: WooCommerce in MySQL: the analytics tables wc_*
-- kind: mysql
-- ids: integer
-- env: WOOCOMMERCE_DSN
-- currency: USD
-- company: Shop
-- prefix: wp_
-- recognise: wp_wc_order_stats, wp_wc_order_product_lookup, wp_wc_customer_lookup
-- verified: run over a MariaDB with tables of this shape and a few made-up rows, and compared with sums worked out by hand; not over a shop
-- unverified: from the columns the tables are known to have; no row has gone through it
-- about: The analytics tables keep amounts in the shop's currency. A row of wc_order_stats whose
-- about: parent_id is not 0 is a refund; its lines have negative quantities and become returns.

-- map: customer
-- lost: customers are numbers without a name
SELECT c.customer_id AS "customer_id",  -- verified
       coalesce(nullif(trim(concat(c.first_name, ' ', c.last_name)), ''), c.username) AS "name",  -- verified
       'individual' AS "customer_type",  -- verified: the tables know no companies
       c.country AS "country",  -- verified
       c.country AS "region_code",  -- verified
       c.city AS "city",  -- verified
       c.postcode AS "postcode",  -- verified
       date(c.date_registered) AS "created_date"  -- verified
FROM wp_wc_customer_lookup AS c
ORDER BY c.customer_id

-- map: customer_contact
-- lost: e-mail of customers
SELECT c.customer_id AS "contact_id",  -- verified
       c.customer_id AS "customer_id",  -- verified
       c.email AS "email",  -- verified
       true AS "is_primary"  -- verified
FROM wp_wc_customer_lookup AS c
WHERE c.email <> ''
ORDER BY c.customer_id

-- map: title
-- about: Products are posts; variations are counted as their product.
-- lost: products are numbers without a name
SELECT p.ID AS "title_id",  -- verified
       p.post_title AS "title",  -- verified
       (SELECT min(m.sku) FROM wp_wc_product_meta_lookup AS m WHERE m.product_id = p.ID) AS "ean",  -- verified: the sku
       (SELECT max(m.max_price) FROM wp_wc_product_meta_lookup AS m WHERE m.product_id = p.ID) AS "list_price",  -- verified
       date(p.post_date) AS "first_listed"  -- verified
FROM wp_posts AS p
WHERE p.post_type = 'product'
ORDER BY p.ID

-- map: order_header
-- lost: nothing can be reported
SELECT s.order_id AS "order_id",  -- verified
       s.order_id AS "order_no",  -- verified
       s.customer_id AS "customer_id",  -- verified
       s.date_created AS "order_date",  -- verified
       'web' AS "entry_channel",  -- verified
       (SELECT min(u.coupon_id) FROM wp_wc_order_coupon_lookup AS u WHERE u.order_id = s.order_id) AS "campaign_id",  -- verified: its first coupon
       replace(s.status, 'wc-', '') AS "status"  -- verified
FROM wp_wc_order_stats AS s
ORDER BY s.order_id

-- map: order_line
-- about: product_net_revenue is after coupons, coupon_amount what they took off.
-- lost: nothing can be reported
SELECT l.order_item_id AS "line_id",  -- verified
       l.order_id AS "order_id",  -- verified
       l.product_id AS "title_id",  -- verified
       l.product_qty AS "qty_ordered",  -- verified
       CASE WHEN s.status IN ('wc-cancelled', 'wc-failed') AND l.product_qty > 0 THEN l.product_qty END AS "qty_cancelled",  -- verified
       CAST((l.product_net_revenue + l.coupon_amount) / nullif(l.product_qty, 0) AS decimal(18,4)) AS "unit_price",  -- verified
       CAST(100 * l.coupon_amount / nullif(l.product_net_revenue + l.coupon_amount, 0) AS decimal(9,4)) AS "discount_pct",  -- verified
       replace(s.status, 'wc-', '') AS "status"  -- verified
FROM wp_wc_order_product_lookup AS l
JOIN wp_wc_order_stats AS s ON s.order_id = l.order_id
WHERE l.product_qty <> 0
ORDER BY l.order_item_id

-- map: order_line_stage_event
-- about: received: the day of the order.
-- lost: the stage received
SELECT l.order_item_id AS "line_id",  -- verified
       'received' AS "stage",  -- verified
       s.date_created AS "event_ts",  -- verified
       l.product_qty AS "qty"  -- verified
FROM wp_wc_order_product_lookup AS l
JOIN wp_wc_order_stats AS s ON s.order_id = l.order_id
WHERE l.product_qty > 0
ORDER BY l.order_item_id

-- map: order_line_stage_event
-- about: paid: date_paid, which newer versions keep.
-- lost: the stage paid
SELECT l.order_item_id AS "line_id",  -- verified
       'paid' AS "stage",  -- verified
       s.date_paid AS "event_ts",  -- verified
       l.product_qty AS "qty"  -- verified
FROM wp_wc_order_product_lookup AS l
JOIN wp_wc_order_stats AS s ON s.order_id = l.order_id
WHERE l.product_qty > 0 AND s.date_paid IS NOT NULL
ORDER BY l.order_item_id

-- map: order_line_stage_event
-- about: delivered: date_completed, which newer versions keep.
-- lost: the stage delivered
SELECT l.order_item_id AS "line_id",  -- verified
       'delivered' AS "stage",  -- verified
       s.date_completed AS "event_ts",  -- verified
       l.product_qty AS "qty"  -- verified
FROM wp_wc_order_product_lookup AS l
JOIN wp_wc_order_stats AS s ON s.order_id = l.order_id
WHERE l.product_qty > 0 AND s.date_completed IS NOT NULL
ORDER BY l.order_item_id

-- map: campaign
-- about: Coupons that were used.
-- lost: coupons
SELECT u.coupon_id AS "campaign_id",  -- verified
       min(p.post_title) AS "name",  -- verified
       'promo' AS "type",  -- verified
       date(min(u.date_created)) AS "act_start",  -- verified
       date(max(u.date_created)) AS "act_end"  -- verified
FROM wp_wc_order_coupon_lookup AS u
JOIN wp_posts AS p ON p.ID = u.coupon_id
GROUP BY u.coupon_id
ORDER BY u.coupon_id
