-- system: woocommerce
-- title: an order export of WooCommerce with one row per item (CSV)
-- kind: file
-- ids: text
-- currency: USD
-- company: Shop
-- source: orders
-- recognise: order_id, order_number, item_name, item_quantity, billing_email
-- verified: run over a made-up export with these columns and compared with sums worked out by hand
-- unverified: from the columns export plugins are known to write; no row has gone through it
-- about: Written for the exports that put the order on every row and one item on each ("one row per
-- about: item"). Other plugins name columns otherwise: edit the names in the SELECTs.

-- map: order_header
-- lost: nothing can be reported
SELECT min(o._row) AS "_row",  -- verified
       o."order_id" AS "order_id",  -- verified
       min_by(o."order_number", o._row) AS "order_no",  -- verified
       coalesce(nullif(nullif(trim(min_by(o."customer_id", o._row)), ''), '0'), lower(nullif(trim(min_by(o."billing_email", o._row)), ''))) AS "customer_id",  -- verified: guests by e-mail
       min_by(o."date", o._row) AS "order_date",  -- verified
       'web' AS "entry_channel",  -- verified
       nullif(trim(min_by(o."order_currency", o._row)), '') AS "ccy",  -- verified
       nullif(trim(min_by(o."billing_country", o._row)), '') AS "ship_to_region",  -- verified
       min_by(o."status", o._row) AS "status"  -- verified
FROM orders AS o
WHERE nullif(trim(o."order_id"), '') IS NOT NULL
GROUP BY o."order_id"
ORDER BY min(o._row)

-- map: order_line
-- about: item_subtotal is the line before and item_total after discount, both without tax.
-- lost: nothing can be reported
SELECT o._row AS "_row",  -- verified
       o."item_id" AS "line_id",  -- verified
       o."order_id" AS "order_id",  -- verified
       coalesce(nullif(trim(o."item_sku"), ''), nullif(trim(o."item_product_id"), '')) AS "title_id",  -- verified
       o."item_name" AS "title_text",  -- verified
       o."item_quantity" AS "qty_ordered",  -- verified
       CASE WHEN o."status" IN ('cancelled', 'failed') THEN o."item_quantity" END AS "qty_cancelled",  -- verified
       CAST(CAST(TRY_CAST(o."item_subtotal" AS DECIMAL(18,4)) AS DOUBLE) / nullif(TRY_CAST(o."item_quantity" AS DECIMAL(18,4)), 0) AS DECIMAL(18,4)) AS "unit_price",  -- verified: the line divided by the copies, to four decimals
       round(100 * CAST(TRY_CAST(o."item_subtotal" AS DECIMAL(18,4)) - TRY_CAST(o."item_total" AS DECIMAL(18,4)) AS DOUBLE)
             / nullif(TRY_CAST(o."item_subtotal" AS DECIMAL(18,4)), 0), 4) AS "discount_pct"  -- verified
FROM orders AS o
WHERE nullif(trim(o."item_id"), '') IS NOT NULL
ORDER BY o._row

-- map: return_line
-- about: The day of the refund is not in the export: the day of the order stands for it. Orders in
-- about: another currency than the report's are left out: they need a rate of that day.
-- lost: returns
SELECT o._row AS "_row",  -- verified
       o."item_id" || '/refund' AS "return_id",  -- verified
       o."item_id" AS "line_id",  -- verified
       coalesce(nullif(trim(o."item_sku"), ''), nullif(trim(o."item_product_id"), '')) AS "title_id",  -- verified
       left(o."date", 10) AS "return_date",  -- verified
       CAST(coalesce(abs(TRY_CAST(o."item_refunded_qty" AS DECIMAL(18,4))), 0) AS INTEGER) AS "qty",  -- verified
       abs(TRY_CAST(o."item_refunded" AS DECIMAL(18,4))) AS "value_cny",  -- verified
       'other' AS "reason"  -- verified: the export gives none
FROM orders AS o
WHERE abs(TRY_CAST(o."item_refunded" AS DECIMAL(18,4))) > 0 AND o."order_currency" = '{{currency}}'
ORDER BY o._row

-- map: customer
-- lost: customers are numbers without a name
SELECT coalesce(nullif(nullif(trim(o."customer_id"), ''), '0'), lower(nullif(trim(o."billing_email"), ''))) AS "customer_id",  -- verified
       max_by(coalesce(nullif(trim(o."billing_company"), ''), nullif(trim(o."billing_first_name" || ' ' || o."billing_last_name"), '')), o._row) AS "name",  -- verified
       max_by(nullif(trim(o."billing_country"), ''), o._row) AS "country",  -- verified
       max_by(nullif(trim(o."billing_city"), ''), o._row) AS "city",  -- not verified
       max_by(nullif(trim(o."billing_postcode"), ''), o._row) AS "postcode"  -- not verified
FROM orders AS o
WHERE coalesce(nullif(nullif(trim(o."customer_id"), ''), '0'), lower(nullif(trim(o."billing_email"), ''))) IS NOT NULL
GROUP BY coalesce(nullif(nullif(trim(o."customer_id"), ''), '0'), lower(nullif(trim(o."billing_email"), '')))
ORDER BY 1

-- map: title
-- lost: products are codes without a name
SELECT coalesce(nullif(trim(o."item_sku"), ''), nullif(trim(o."item_product_id"), '')) AS "title_id",  -- verified
       max_by(o."item_name", o._row) AS "title"  -- verified
FROM orders AS o
WHERE coalesce(nullif(trim(o."item_sku"), ''), nullif(trim(o."item_product_id"), '')) IS NOT NULL
GROUP BY coalesce(nullif(trim(o."item_sku"), ''), nullif(trim(o."item_product_id"), ''))
ORDER BY 1
