-- system: odoo
-- title: Odoo in PostgreSQL: sales, products, invoices, purchases, stock, pipeline
-- kind: postgres
-- ids: integer
-- env: ODOO_DSN
-- currency: EUR
-- recognise: res_partner, sale_order, sale_order_line, product_template, ir_model
-- unverified: from the fields the modules of Odoo 14 to 17 are known to declare; no row of a real database has gone through it
-- about: Partners are customers and suppliers both: each table takes those that trade.
-- about: Modules that are not installed have no tables: what that costs is said below.

-- map: customer
-- lost: customers are numbers without a name
SELECT p.id AS "customer_id",  -- not verified
       p.ref AS "customer_no",  -- not verified
       p.name AS "name",  -- not verified
       CASE WHEN p.is_company THEN 'enterprise' ELSE 'individual' END AS "customer_type",  -- not verified
       p.parent_id AS "parent_customer_id",  -- not verified
       (SELECT c.code FROM res_country AS c WHERE c.id = p.country_id) AS "country",  -- not verified
       (SELECT c.code FROM res_country AS c WHERE c.id = p.country_id) AS "region_code",  -- not verified
       p.city AS "city",  -- not verified
       p.zip AS "postcode",  -- not verified
       p.street AS "address",  -- not verified
       p.user_id AS "owner_employee_id",  -- not verified
       CAST(p.create_date AS date) AS "created_date",  -- not verified
       CASE WHEN p.active THEN 'active' ELSE 'lost' END AS "status",  -- not verified
       CAST(p.credit_limit AS numeric(18,4)) AS "credit_limit",  -- not verified: a property, so a column in some versions only
       p.lang AS "pref_language",  -- not verified
       p.vat AS "vat_no",  -- not verified
       p.write_date AS "updated_at"  -- not verified
FROM res_partner AS p
WHERE p.id IN (SELECT s.partner_id FROM sale_order AS s)
ORDER BY p.id;

-- map: title
-- lost: titles are numbers without a name
SELECT p.id AS "title_id",  -- not verified
       CASE WHEN p.barcode LIKE '978%' OR p.barcode LIKE '979%' THEN p.barcode END AS "isbn13",  -- not verified: barcodes that begin as ISBN do
       p.barcode AS "ean",  -- not verified
       coalesce(CAST(t.name AS jsonb) ->> 'en_US', CAST(t.name AS text)) AS "title",  -- not verified: translated from version 16 on; before, write t.name
       CAST(t.list_price AS numeric(18,4)) AS "list_price",  -- not verified
       CASE WHEN p.active THEN 'in print' ELSE 'op' END AS "pub_status",  -- not verified
       p.write_date AS "updated_at"  -- not verified
FROM product_product AS p
JOIN product_template AS t ON t.id = p.product_tmpl_id
ORDER BY p.id;

-- map: order_header
-- about: Confirmed orders; cancelled ones stay, with all copies cancelled. Quotations are left out.
-- lost: nothing can be reported
SELECT s.id AS "order_id",  -- not verified
       s.name AS "order_no",  -- not verified
       s.partner_id AS "customer_id",  -- not verified
       s.date_order AS "order_date",  -- not verified
       s.user_id AS "salesperson_id",  -- not verified
       s.campaign_id AS "campaign_id",  -- not verified
       CAST(s.commitment_date AS date) AS "required_date",  -- not verified
       k.name AS "ccy",  -- not verified
       CAST(s.amount_untaxed AS numeric(18,4)) AS "total",  -- not verified
       s.state AS "status"  -- not verified
FROM sale_order AS s
LEFT JOIN res_currency AS k ON k.id = s.currency_id
WHERE s.state IN ('sale', 'done', 'cancel')
ORDER BY s.id;

-- map: order_line
-- lost: nothing can be reported
SELECT l.id AS "line_id",  -- not verified
       l.order_id AS "order_id",  -- not verified
       l.product_id AS "title_id",  -- not verified
       l.name AS "title_text",  -- not verified
       CAST(l.product_uom_qty AS numeric) AS "qty_ordered",  -- not verified
       CASE WHEN s.state = 'cancel' AND l.product_uom_qty > 0 THEN CAST(l.product_uom_qty AS numeric) END AS "qty_cancelled",  -- not verified
       CAST(l.price_unit AS numeric(18,4)) AS "unit_price",  -- not verified
       CAST(l.discount AS numeric(9,4)) AS "discount_pct",  -- not verified
       CAST(l.purchase_price AS numeric(18,4)) AS "unit_cost",  -- not verified: module sale_margin
       l.state AS "status"  -- not verified
FROM sale_order_line AS l
JOIN sale_order AS s ON s.id = l.order_id
WHERE l.display_type IS NULL AND s.state IN ('sale', 'done', 'cancel')
ORDER BY l.id;

-- map: order_line_stage_event
-- about: received: the day of the order.
-- lost: the stage received
SELECT l.id AS "line_id",  -- not verified
       'received' AS "stage",  -- not verified
       s.date_order AS "event_ts",  -- not verified
       CAST(l.product_uom_qty AS numeric) AS "qty"  -- not verified
FROM sale_order_line AS l
JOIN sale_order AS s ON s.id = l.order_id
WHERE l.display_type IS NULL AND l.product_uom_qty > 0 AND s.state IN ('sale', 'done', 'cancel')
ORDER BY l.id;

-- map: order_line_stage_event
-- about: outbound: moves of stock for the line that were done.
-- lost: the stage outbound
SELECT m.sale_line_id AS "line_id",  -- not verified
       'outbound' AS "stage",  -- not verified
       m.date AS "event_ts",  -- not verified
       CAST(m.product_uom_qty AS numeric) AS "qty"  -- not verified
FROM stock_move AS m
JOIN stock_location AS t ON t.id = m.location_dest_id
WHERE m.state = 'done' AND m.sale_line_id IS NOT NULL AND t.usage = 'customer'
ORDER BY m.id;

-- map: supplier
-- lost: suppliers are numbers without a name
SELECT p.id AS "supplier_id",  -- not verified
       p.name AS "name",  -- not verified
       (SELECT c.code FROM res_country AS c WHERE c.id = p.country_id) AS "country"  -- not verified
FROM res_partner AS p
WHERE p.id IN (SELECT o.partner_id FROM purchase_order AS o)
ORDER BY p.id;

-- map: purchase_order
-- lost: purchases, lead times and fill rates of suppliers
SELECT o.id AS "po_id",  -- not verified
       o.partner_id AS "supplier_id",  -- not verified
       CAST(coalesce(o.date_approve, o.date_order) AS date) AS "po_date",  -- not verified
       k.name AS "ccy",  -- not verified
       o.state AS "status"  -- not verified
FROM purchase_order AS o
LEFT JOIN res_currency AS k ON k.id = o.currency_id
WHERE o.state IN ('purchase', 'done')
ORDER BY o.id;

-- map: purchase_line
-- lost: purchases, lead times and fill rates of suppliers
SELECT l.id AS "po_line_id",  -- not verified
       l.order_id AS "po_id",  -- not verified
       l.sale_line_id AS "order_line_id",  -- not verified: module sale_purchase
       l.product_id AS "title_id",  -- not verified
       CAST(l.product_qty AS numeric) AS "qty",  -- not verified
       CAST(l.price_unit AS numeric(18,4)) AS "unit_cost_fcy",  -- not verified
       CAST(l.qty_received AS numeric) AS "qty_received",  -- not verified
       CAST(l.date_planned AS date) AS "due_date"  -- not verified
FROM purchase_order_line AS l
JOIN purchase_order AS o ON o.id = l.order_id
WHERE o.state IN ('purchase', 'done') AND l.product_qty >= 0
ORDER BY l.id;

-- map: invoice
-- about: Posted invoices and credit notes to customers, the latter negative.
-- lost: receivables
SELECT i.id AS "invoice_id",  -- not verified
       i.partner_id AS "customer_id",  -- not verified
       i.invoice_date AS "inv_date",  -- not verified
       i.invoice_date_due AS "due_date",  -- not verified
       k.name AS "ccy",  -- not verified
       CAST(CASE WHEN i.move_type = 'out_refund' THEN -i.amount_total ELSE i.amount_total END AS numeric(18,4)) AS "total",  -- not verified
       CAST(CASE WHEN i.move_type = 'out_refund' THEN -i.amount_tax ELSE i.amount_tax END AS numeric(18,4)) AS "tax",  -- not verified
       i.payment_state AS "status"  -- not verified
FROM account_move AS i
LEFT JOIN res_currency AS k ON k.id = i.currency_id
WHERE i.move_type IN ('out_invoice', 'out_refund') AND i.state = 'posted'
ORDER BY i.id;

-- map: employee
-- about: Users: orders and partners name a user as their salesperson.
-- lost: salespeople are numbers without a name
SELECT u.id AS "employee_id",  -- not verified
       p.name AS "name"  -- not verified
FROM res_users AS u
JOIN res_partner AS p ON p.id = u.partner_id
ORDER BY u.id;

-- map: opportunity
-- lost: the pipeline
SELECT o.id AS "opp_id",  -- not verified
       o.partner_id AS "customer_id",  -- not verified
       o.user_id AS "owner_employee_id",  -- not verified
       CAST(o.create_date AS date) AS "created_date",  -- not verified
       CAST(o.expected_revenue AS numeric(18,4)) AS "amount",  -- not verified
       CAST(o.probability AS numeric(9,4)) AS "probability",  -- not verified
       CAST(o.stage_id AS text) AS "stage",  -- not verified: the number of the stage
       o.date_deadline AS "expected_close",  -- not verified
       CAST(o.date_closed AS date) AS "closed_date",  -- not verified
       CASE WHEN NOT o.active THEN false WHEN o.probability = 100 THEN true END AS "won",  -- not verified
       (SELECT CAST(r.name AS text) FROM crm_lost_reason AS r WHERE r.id = o.lost_reason_id) AS "lost_reason"  -- not verified
FROM crm_lead AS o
WHERE o.type = 'opportunity'
ORDER BY o.id;

-- map: campaign
-- lost: campaigns
SELECT c.id AS "campaign_id",  -- not verified
       CAST(c.name AS text) AS "name",  -- not verified
       CAST(c.create_date AS date) AS "act_start"  -- not verified
FROM utm_campaign AS c
ORDER BY c.id;

-- map: fx_rate
-- about: Rates are units of a currency for one of the company's.
-- lost: orders in another currency are quarantined
SELECT r.name AS "rate_date",  -- not verified
       k.name AS "ccy",  -- not verified
       CAST(1 / nullif(r.rate, 0) AS numeric(18,8)) AS "rate",  -- not verified
       'mid' AS "kind"  -- not verified
FROM res_currency_rate AS r
JOIN res_currency AS k ON k.id = r.currency_id
WHERE r.company_id IS NULL OR r.company_id = (SELECT min(c.id) FROM res_company AS c)
ORDER BY r.name, k.name;
