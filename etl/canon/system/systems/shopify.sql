-- system: shopify
-- title: the order export of Shopify (CSV)
-- kind: file
-- ids: text
-- currency: USD
-- company: Shop
-- source: orders
-- recognise: Name, Financial Status, Lineitem quantity, Lineitem name, Lineitem price
-- verified: run over a made-up export with these columns and compared with sums worked out by hand
-- unverified: from the columns the export is known to have; no row has gone through it
-- about: The fields of an order stand on its first line only: "filled forward" reads them from the first
-- about: line of the same Name. Dates are taken in the local time they are written in.

-- map: order_header
-- about: One row per order (Name).
-- lost: nothing can be reported
SELECT min(o._row) AS "_row",  -- verified
       o."Name" AS "order_id",  -- verified
       o."Name" AS "order_no",  -- verified
       lower(nullif(trim(min_by(o."Email", o._row)), '')) AS "customer_id",  -- verified: filled forward
       left(min_by(o."Created at", o._row), 19) AS "order_date",  -- verified: filled forward
       'web' AS "entry_channel",  -- not verified: orders of a till are counted as web too
       nullif(trim(min_by(o."Discount Code", o._row)), '') AS "campaign_id",  -- verified: the discount code
       nullif(trim(min_by(o."Currency", o._row)), '') AS "ccy",  -- verified: filled forward
       nullif(trim(min_by(o."Billing Country", o._row)), '') AS "ship_to_region",  -- verified: the country of billing
       CASE WHEN nullif(trim(min_by(o."Cancelled at", o._row)), '') IS NOT NULL THEN 'cancelled' ELSE nullif(trim(min_by(o."Financial Status", o._row)), '') END AS "status"  -- verified
FROM orders AS o
WHERE nullif(trim(o."Name"), '') IS NOT NULL
GROUP BY o."Name"
ORDER BY min(o._row)

-- map: order_line
-- about: Lineitem discount is an amount off the whole line. A discount code lowers the order, not a
-- about: line: what lines carry of it is in Lineitem discount only where the shop allocates it.
-- lost: nothing can be reported
SELECT o._row AS "_row",  -- verified
       o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS "line_id",  -- verified
       o."Name" AS "order_id",  -- verified
       row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS "line_no",  -- verified
       coalesce(nullif(trim(o."Lineitem sku"), ''), nullif(trim(o."Lineitem name"), '')) AS "title_id",  -- verified: the name where there is no sku
       o."Lineitem name" AS "title_text",  -- verified
       o."Lineitem quantity" AS "qty_ordered",  -- verified
       CASE WHEN nullif(trim(first_value(o."Cancelled at") OVER (PARTITION BY o."Name" ORDER BY o._row)), '') IS NOT NULL THEN o."Lineitem quantity" END AS "qty_cancelled",  -- verified: all copies of a cancelled order
       o."Lineitem price" AS "unit_price",  -- verified
       CASE WHEN nullif(trim(o."Lineitem discount"), '') IS NOT NULL AND TRY_CAST(o."Lineitem discount" AS DECIMAL(18,4)) IS NULL THEN -1
            ELSE round(100 * CAST(TRY_CAST(o."Lineitem discount" AS DECIMAL(18,4)) AS DOUBLE)
                   / nullif(TRY_CAST(o."Lineitem quantity" AS DECIMAL(18,4)) * TRY_CAST(o."Lineitem price" AS DECIMAL(18,4)), 0), 4) END AS "discount_pct"  -- verified: -1 is unreadable, so refused
FROM orders AS o
WHERE nullif(trim(o."Name"), '') IS NOT NULL
ORDER BY o._row

-- map: order_line_stage_event
-- about: received: the day of the order.
-- lost: the stage received
SELECT o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) || '/received' AS "event_id",  -- verified
       o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS "line_id",  -- verified
       'received' AS "stage",  -- verified
       left(first_value(o."Created at") OVER (PARTITION BY o."Name" ORDER BY o._row), 19) AS "event_ts",  -- verified
       o."Lineitem quantity" AS "qty"  -- verified
FROM orders AS o
WHERE nullif(trim(o."Name"), '') IS NOT NULL
ORDER BY o._row

-- map: order_line_stage_event
-- about: paid: Paid at, filled forward.
-- lost: the stage paid
SELECT l.line_id || '/paid' AS "event_id",  -- verified
       l.line_id AS "line_id",  -- verified
       'paid' AS "stage",  -- verified
       left(l.at, 19) AS "event_ts",  -- verified
       l.qty AS "qty"  -- verified
FROM (
  SELECT o._row, o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS line_id, o."Lineitem quantity" AS qty,
         nullif(trim(first_value(o."Paid at") OVER (PARTITION BY o."Name" ORDER BY o._row)), '') AS at
  FROM orders AS o
  WHERE nullif(trim(o."Name"), '') IS NOT NULL
) AS l
WHERE l.at IS NOT NULL
ORDER BY l._row

-- map: order_line_stage_event
-- about: outbound: Fulfilled at, filled forward.
-- lost: the stage outbound
SELECT l.line_id || '/outbound' AS "event_id",  -- verified
       l.line_id AS "line_id",  -- verified
       'outbound' AS "stage",  -- verified
       left(l.at, 19) AS "event_ts",  -- verified
       l.qty AS "qty"  -- verified
FROM (
  SELECT o._row, o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS line_id, o."Lineitem quantity" AS qty,
         nullif(trim(first_value(o."Fulfilled at") OVER (PARTITION BY o."Name" ORDER BY o._row)), '') AS at
  FROM orders AS o
  WHERE nullif(trim(o."Name"), '') IS NOT NULL
) AS l
WHERE l.at IS NOT NULL
ORDER BY l._row

-- map: return_line
-- about: Refunded Amount is known by order only. It is spread over the lines by their value, what
-- about: rounding leaves on the first. Which copies came back is known only when all was refunded;
-- about: else qty is 0. The day of the refund is not in the export: the day of the order stands for
-- about: it. Orders in another currency than the report's are left out: they need a rate of that day.
-- lost: returns
SELECT l._row AS "_row",  -- verified
       l.line_id || '/refund' AS "return_id",  -- verified
       l.line_id AS "line_id",  -- verified
       l.customer AS "customer_id",  -- verified
       l.title AS "title_id",  -- verified
       left(l.at, 10) AS "return_date",  -- verified
       CASE WHEN l.status = 'refunded' THEN l.qty ELSE '0' END AS "qty",  -- verified
       CASE WHEN l.line_no > 1 THEN l.share
            ELSE l.refunded - sum(CASE WHEN l.line_no > 1 THEN l.share ELSE 0 END) OVER (PARTITION BY l.order_no) END AS "value_cny",  -- verified
       'other' AS "reason"  -- verified: the export gives none
FROM (
  SELECT v.*, CAST(round(v.refunded * CAST(v.value AS DOUBLE) / nullif(sum(v.value) OVER (PARTITION BY v.order_no), 0), 2) AS DECIMAL(18,4)) AS share
  FROM (
    SELECT o._row, o."Name" AS order_no, row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS line_no,
           o."Name" || '/' || row_number() OVER (PARTITION BY o."Name" ORDER BY o._row) AS line_id, o."Lineitem quantity" AS qty,
           coalesce(nullif(trim(o."Lineitem sku"), ''), nullif(trim(o."Lineitem name"), '')) AS title,
           lower(nullif(trim(first_value(o."Email") OVER (PARTITION BY o."Name" ORDER BY o._row)), '')) AS customer,
           first_value(o."Created at") OVER (PARTITION BY o."Name" ORDER BY o._row) AS at,
           first_value(o."Financial Status") OVER (PARTITION BY o."Name" ORDER BY o._row) AS status,
           first_value(o."Currency") OVER (PARTITION BY o."Name" ORDER BY o._row) AS ccy,
           TRY_CAST(first_value(o."Refunded Amount") OVER (PARTITION BY o."Name" ORDER BY o._row) AS DECIMAL(18,4)) AS refunded,
           TRY_CAST(o."Lineitem quantity" AS DECIMAL(18,4)) * TRY_CAST(o."Lineitem price" AS DECIMAL(18,4)) AS value
    FROM orders AS o
    WHERE nullif(trim(o."Name"), '') IS NOT NULL
  ) AS v
  WHERE v.refunded > 0 AND v.ccy = '{{currency}}'
) AS l
ORDER BY l._row

-- map: campaign
-- about: Every discount code is a promotion, from its first to its last order.
-- lost: discount codes
SELECT nullif(trim(o."Discount Code"), '') AS "campaign_id",  -- verified
       nullif(trim(o."Discount Code"), '') AS "name",  -- verified
       'promo' AS "type",  -- verified
       min(left(o."Created at", 10)) AS "act_start",  -- verified
       max(left(o."Created at", 10)) AS "act_end"  -- verified
FROM orders AS o
WHERE nullif(trim(o."Discount Code"), '') IS NOT NULL
GROUP BY nullif(trim(o."Discount Code"), '')
ORDER BY 1

-- map: customer
-- about: Customers by their e-mail; of several writings that of the last order.
-- lost: customers are e-mail addresses without a name
SELECT lower(trim(o."Email")) AS "customer_id",  -- verified
       max_by(coalesce(nullif(trim(o."Billing Company"), ''), nullif(trim(o."Billing Name"), '')), o._row) AS "name",  -- verified
       max_by(CASE WHEN nullif(trim(o."Billing Company"), '') IS NOT NULL THEN 'enterprise' WHEN nullif(trim(o."Billing Name"), '') IS NOT NULL THEN 'individual' END, o._row) AS "customer_type",  -- verified: with a company an enterprise
       max_by(nullif(trim(o."Billing Country"), ''), o._row) AS "country",  -- verified
       max_by(nullif(trim(o."Billing Country"), ''), o._row) AS "region_code",  -- verified
       max_by(nullif(trim(o."Billing City"), ''), o._row) AS "city",  -- not verified
       max_by(nullif(trim(o."Billing Zip"), ''), o._row) AS "postcode",  -- not verified
       max_by(nullif(trim(o."Billing Street"), ''), o._row) AS "address",  -- not verified
       max_by(CASE lower(trim(o."Accepts Marketing")) WHEN 'yes' THEN true WHEN 'no' THEN false END, o._row) AS "consent_marketing"  -- not verified
FROM orders AS o
WHERE nullif(trim(o."Email"), '') IS NOT NULL AND nullif(trim(o."Created at"), '') IS NOT NULL
GROUP BY lower(trim(o."Email"))
ORDER BY 1

-- map: title
-- about: Products by their sku; of several names for one the last.
-- lost: products are codes without a name
SELECT coalesce(nullif(trim(o."Lineitem sku"), ''), nullif(trim(o."Lineitem name"), '')) AS "title_id",  -- verified
       max_by(o."Lineitem name", o._row) AS "title",  -- verified
       max_by(nullif(trim(o."Vendor"), ''), o._row) AS "publisher"  -- verified: the vendor
FROM orders AS o
WHERE coalesce(nullif(trim(o."Lineitem sku"), ''), nullif(trim(o."Lineitem name"), '')) IS NOT NULL
GROUP BY coalesce(nullif(trim(o."Lineitem sku"), ''), nullif(trim(o."Lineitem name"), ''))
ORDER BY 1
