-- system: tryton
-- title: Tryton 6.0 in PostgreSQL: sale, purchase, stock, invoice, opportunity, complaint, commission, credit limit
-- kind: postgres
-- ids: integer
-- env: TRYTON_DSN
-- currency: CNY
-- recognise: party_party, sale_sale, sale_line, product_template, ir_model
-- verified: run over a database that trytond 6.0 of Debian 12 made, filled with a generated company, and compared with sums over Tryton's own tables
-- unverified: from the declared columns of Tryton's modules; no row has gone through it
-- about: Quotations and drafts are no orders and are left out. Amounts are in the currency of
-- about: their document; rates come from currency_currency_rate. A database of several companies
-- about: is read whole: add AND s.company = 1 and the like where that is not meant.

-- map: customer
-- about: Parties that have ordered, complained, were invoiced or stand in an opportunity.
-- lost: customers are numbers without a name
SELECT p.id AS "customer_id",  -- verified
       p.code AS "customer_no",  -- verified
       coalesce(p.name, p.code) AS "name",  -- verified
       (SELECT c.code FROM party_address AS a JOIN country_country AS c ON c.id = a.country
        WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "country",  -- not verified
       (SELECT coalesce(d.code, c.code) FROM party_address AS a JOIN country_country AS c ON c.id = a.country
        LEFT JOIN country_subdivision AS d ON d.id = a.subdivision
        WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "region_code",  -- not verified
       (SELECT a.city FROM party_address AS a WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "city",  -- verified
       (SELECT a.postal_code FROM party_address AS a WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "postcode",  -- not verified
       (SELECT a.street FROM party_address AS a WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "address",  -- not verified
       (SELECT CASE WHEN lower(g.name) IN ('library', 'university', 'institute', 'government', 'enterprise', 'agent', 'individual', 'embassy')
                    THEN lower(g.name) ELSE 'other' END
        FROM party_category_rel AS r JOIN party_category AS g ON g.id = r.category
        WHERE r.party = p.id ORDER BY r.id LIMIT 1) AS "customer_type",  -- verified: by the name of the party's first category
       (SELECT g.name FROM party_category_rel AS r JOIN party_category AS g ON g.id = r.category
        WHERE r.party = p.id ORDER BY r.id LIMIT 1) AS "subtype",  -- not verified
       CAST(p.create_date AS date) AS "created_date",  -- verified
       CASE WHEN p.replaced_by IS NOT NULL THEN 'merged' WHEN p.active THEN 'active' ELSE 'lost' END AS "status",  -- verified
       p.replaced_by AS "merged_into",  -- verified
       (SELECT max(l.credit_limit_amount) FROM party_party_credit_limit_amount AS l WHERE l.party = p.id) AS "credit_limit",  -- verified
       (SELECT min(n.code) FROM party_identifier AS n WHERE n.party = p.id AND n.type = 'eu_vat') AS "vat_no",  -- not verified
       p.write_date AS "updated_at"  -- not verified
FROM party_party AS p
WHERE p.id IN (SELECT s.party FROM sale_sale AS s WHERE s.state NOT IN ('draft', 'quotation'))
   OR p.replaced_by IS NOT NULL
   OR p.id IN (SELECT m.replaced_by FROM party_party AS m WHERE m.replaced_by IS NOT NULL)
   OR p.id IN (SELECT i.party FROM account_invoice AS i WHERE i.type = 'out')  -- optional
   OR p.id IN (SELECT o.party FROM sale_opportunity AS o WHERE o.party IS NOT NULL)  -- optional
   OR p.id IN (SELECT t.customer FROM sale_complaint AS t)  -- optional
ORDER BY p.id;

-- map: customer_contact
-- about: Tryton keeps ways of contact with the party: one row per party that has any.
-- lost: telephone and e-mail of customers
SELECT m.party AS "contact_id",  -- verified
       m.party AS "customer_id",  -- verified
       min(p.name) AS "name",  -- verified
       min(CASE WHEN m.type IN ('phone', 'mobile') THEN m.value END) AS "phone",  -- verified
       min(CASE WHEN m.type = 'email' THEN m.value END) AS "email",  -- verified
       true AS "is_primary"  -- verified
FROM party_contact_mechanism AS m
JOIN party_party AS p ON p.id = m.party
WHERE m.active
  AND m.party IN (SELECT s.party FROM sale_sale AS s WHERE s.state NOT IN ('draft', 'quotation'))
GROUP BY m.party
ORDER BY m.party;

-- map: title
-- about: Products. What is sold is a variant (product_product) of a template.
-- lost: titles are numbers without a name, class or publisher
SELECT p.id AS "title_id",  -- verified
       (SELECT min(n.code) FROM product_identifier AS n WHERE n.product = p.id AND n.type = 'isbn') AS "isbn13",  -- verified
       (SELECT min(n.code) FROM product_identifier AS n WHERE n.product = p.id AND n.type = 'ean') AS "ean",  -- not verified
       t.name AS "title",  -- verified
       (SELECT x.party FROM purchase_product_supplier AS x WHERE x.template = t.id
        ORDER BY x.sequence NULLS LAST, x.id LIMIT 1) AS "publisher_id",  -- verified: its first supplier
       (SELECT max(l.list_price) FROM product_list_price AS l WHERE l.template = t.id) AS "list_price",  -- verified
       (SELECT min(k.code) FROM company_company AS c JOIN currency_currency AS k ON k.id = c.currency) AS "list_ccy",  -- verified
       CASE WHEN p.active AND t.active THEN 'in print' ELSE 'op' END AS "pub_status",  -- verified
       p.write_date AS "updated_at"  -- not verified
FROM product_product AS p
JOIN product_template AS t ON t.id = p.template
ORDER BY p.id;

-- map: title_subject
-- about: Categories of products serve as keywords; those for accounting do not count.
-- lost: keywords of titles
SELECT p.id AS "title_id",  -- verified
       'keyword' AS "scheme",  -- verified
       g.name AS "code"  -- verified
FROM product_product AS p
JOIN "product_template-product_category" AS c ON c.template = p.template
JOIN product_category AS g ON g.id = c.category
WHERE g.accounting IS NOT TRUE
ORDER BY p.id, c.id;

-- map: order_header
-- about: Sales that were confirmed. Cancelled ones stay, with all copies cancelled.
-- lost: nothing can be reported
SELECT s.id AS "order_id",  -- verified
       coalesce(s.number, CAST(s.id AS text)) AS "order_no",  -- verified
       s.party AS "customer_id",  -- verified
       CAST(coalesce(s.sale_date, CAST(s.create_date AS date)) AS timestamp) AS "order_date",  -- verified
       (SELECT min(e.id) FROM company_employee AS e WHERE e.id = coalesce(s.confirmed_by, s.quoted_by)) AS "salesperson_id",  -- verified: who confirmed it
       (SELECT min(l.promotion) FROM sale_line AS l WHERE l.sale = s.id) AS "campaign_id",  -- not verified
       s.shipping_date AS "required_date",  -- verified
       k.code AS "ccy",  -- verified
       (SELECT n.name FROM account_invoice_payment_term AS n WHERE n.id = s.payment_term) AS "payment_terms",  -- not verified
       s.state AS "status",  -- verified
       s.untaxed_amount_cache AS "total"  -- verified: Tryton's own total, before tax, of orders that left quotation
FROM sale_sale AS s
JOIN currency_currency AS k ON k.id = s.currency
WHERE s.state NOT IN ('draft', 'quotation')
ORDER BY s.id;

-- map: order_line
-- about: The price is the one agreed, after any discount. A negative quantity is a return.
-- lost: nothing can be reported
SELECT l.id AS "line_id",  -- verified
       l.sale AS "order_id",  -- verified
       l.product AS "title_id",  -- verified
       l.description AS "title_text",  -- verified
       CAST(l.quantity AS numeric) AS "qty_ordered",  -- verified
       CASE WHEN s.state = 'cancelled' AND l.quantity > 0 THEN CAST(l.quantity AS numeric) END AS "qty_cancelled",  -- verified
       CASE WHEN s.state = 'cancelled' AND l.quantity > 0 THEN 'customer' END AS "cancel_reason",  -- not verified: Tryton keeps no reason
       CAST(l.unit_price AS numeric(18,4)) AS "unit_price",  -- verified
       (SELECT CAST(max(c.cost_price) AS numeric(18,4)) FROM product_cost_price AS c WHERE c.product = l.product) AS "unit_cost",  -- verified: the cost of today, in the company's currency
       s.state AS "status"  -- verified
FROM sale_line AS l
JOIN sale_sale AS s ON s.id = l.sale
WHERE l.type = 'line' AND l.quantity IS NOT NULL AND s.state NOT IN ('draft', 'quotation')
ORDER BY l.sale, l.sequence NULLS LAST, l.id;

-- map: quote
-- about: Lines of quotations that have not become orders.
-- lost: quotations
SELECT l.id AS "quote_id",  -- verified
       s.party AS "customer_id",  -- verified
       l.product AS "title_id",  -- verified
       CAST(l.unit_price AS numeric(18,4)) AS "price",  -- verified
       k.code AS "ccy",  -- verified
       coalesce(s.sale_date, CAST(s.create_date AS date)) AS "valid_from",  -- verified
       s.quoted_by AS "employee_id"  -- not verified
FROM sale_line AS l
JOIN sale_sale AS s ON s.id = l.sale
JOIN currency_currency AS k ON k.id = s.currency
WHERE l.type = 'line' AND s.state = 'quotation'
ORDER BY l.id;

-- map: order_line_stage_event
-- about: received: the day of the order.
-- lost: the stage received
SELECT l.id AS "line_id",  -- verified
       'received' AS "stage",  -- verified
       CAST(coalesce(s.sale_date, CAST(s.create_date AS date)) AS timestamp) AS "event_ts",  -- verified
       CAST(l.quantity AS numeric) AS "qty",  -- verified
       s.shipping_date AS "promised_date"  -- verified
FROM sale_line AS l
JOIN sale_sale AS s ON s.id = l.sale
WHERE l.type = 'line' AND l.quantity > 0 AND s.state NOT IN ('draft', 'quotation')
ORDER BY l.id;

-- map: order_line_stage_event
-- about: supplier_ordered: the purchase that a sale on order has asked for (module sale_supply).
-- lost: the stage supplier_ordered
SELECT l.id AS "line_id",  -- verified
       'supplier_ordered' AS "stage",  -- verified
       CAST(o.purchase_date AS timestamp) AS "event_ts",  -- verified
       CAST(l.quantity AS numeric) AS "qty"  -- verified
FROM sale_line AS l
JOIN sale_sale AS s ON s.id = l.sale AND s.state NOT IN ('draft', 'quotation')
JOIN purchase_request AS r ON r.id = l.purchase_request
JOIN purchase_line AS x ON x.id = r.purchase_line
JOIN purchase_purchase AS o ON o.id = x.purchase
WHERE o.purchase_date IS NOT NULL AND o.state IN ('confirmed', 'processing', 'done')
ORDER BY l.id;

-- map: order_line_stage_event
-- about: inbound: what came in for that purchase.
-- lost: the stage inbound
SELECT l.id AS "line_id",  -- verified
       'inbound' AS "stage",  -- verified
       CAST(m.effective_date AS timestamp) AS "event_ts",  -- verified
       CAST(m.quantity AS numeric) AS "qty"  -- verified
FROM sale_line AS l
JOIN sale_sale AS s ON s.id = l.sale AND s.state NOT IN ('draft', 'quotation')
JOIN purchase_request AS r ON r.id = l.purchase_request
JOIN stock_move AS m ON m.origin = 'purchase.line,' || r.purchase_line
WHERE m.state = 'done' AND m.effective_date IS NOT NULL
ORDER BY l.id, m.id;

-- map: order_line_stage_event
-- about: outbound: moves to the customer that were done.
-- lost: the stage outbound
SELECT l.id AS "line_id",  -- verified
       'outbound' AS "stage",  -- verified
       CAST(m.effective_date AS timestamp) AS "event_ts",  -- verified
       CAST(m.quantity AS numeric) AS "qty",  -- verified
       m.planned_date AS "promised_date"  -- verified
FROM sale_line AS l
JOIN stock_move AS m ON m.origin = 'sale.line,' || l.id
JOIN stock_location AS t ON t.id = m.to_location
WHERE m.state = 'done' AND m.effective_date IS NOT NULL AND l.quantity > 0 AND t.type = 'customer'
ORDER BY l.id, m.id;

-- map: order_line_stage_event
-- about: invoiced: lines of posted invoices.
-- lost: the stage invoiced
SELECT l.id AS "line_id",  -- verified
       'invoiced' AS "stage",  -- verified
       CAST(i.invoice_date AS timestamp) AS "event_ts",  -- verified
       CAST(n.quantity AS numeric) AS "qty"  -- verified
FROM sale_line AS l
JOIN account_invoice_line AS n ON n.origin = 'sale.line,' || l.id
JOIN account_invoice AS i ON i.id = n.invoice
WHERE i.type = 'out' AND i.state IN ('posted', 'paid') AND i.invoice_date IS NOT NULL AND n.quantity > 0
ORDER BY l.id, n.id;

-- map: order_line_stage_event
-- about: paid: the last payment of an invoice that is paid in full.
-- lost: the stage paid
SELECT l.id AS "line_id",  -- verified
       'paid' AS "stage",  -- verified
       CAST(max(v.date) AS timestamp) AS "event_ts",  -- verified
       CAST(max(n.quantity) AS numeric) AS "qty"  -- verified
FROM sale_line AS l
JOIN account_invoice_line AS n ON n.origin = 'sale.line,' || l.id
JOIN account_invoice AS i ON i.id = n.invoice
JOIN "account_invoice-account_move_line" AS b ON b.invoice = i.id
JOIN account_move_line AS g ON g.id = b.line
JOIN account_move AS v ON v.id = g.move
WHERE i.type = 'out' AND i.state = 'paid' AND n.quantity > 0
GROUP BY l.id, n.id
ORDER BY l.id, n.id;

-- map: supplier
-- about: Parties that something was bought from, or that stand as supplier of a product.
-- lost: suppliers are numbers without a name
SELECT p.id AS "supplier_id",  -- verified
       p.name AS "name",  -- verified
       (SELECT c.code FROM party_address AS a JOIN country_country AS c ON c.id = a.country
        WHERE a.party = p.id ORDER BY a.sequence NULLS LAST, a.id LIMIT 1) AS "country",  -- not verified
       (SELECT min(k.code) FROM purchase_product_supplier AS x JOIN currency_currency AS k ON k.id = x.currency
        WHERE x.party = p.id) AS "ccy",  -- verified
       (SELECT CAST(round(avg(EXTRACT(epoch FROM x.lead_time)) / 86400) AS integer) FROM purchase_product_supplier AS x
        WHERE x.party = p.id) AS "lead_days_quoted",  -- verified: mean over its products
       CASE WHEN p.active THEN 'active' ELSE 'closed' END AS "status"  -- verified
FROM party_party AS p
WHERE p.id IN (SELECT o.party FROM purchase_purchase AS o)
   OR p.id IN (SELECT x.party FROM purchase_product_supplier AS x)
ORDER BY p.id;

-- map: purchase_order
-- about: Purchases that were confirmed.
-- lost: purchases, lead times and fill rates of suppliers
SELECT o.id AS "po_id",  -- verified
       o.party AS "supplier_id",  -- verified
       coalesce(o.purchase_date, CAST(o.create_date AS date)) AS "po_date",  -- verified
       k.code AS "ccy",  -- verified
       o.state AS "status"  -- verified
FROM purchase_purchase AS o
JOIN currency_currency AS k ON k.id = o.currency
WHERE o.state IN ('confirmed', 'processing', 'done')
ORDER BY o.id;

-- map: purchase_line
-- about: What came in is what the moves of the line say.
-- lost: purchases, lead times and fill rates of suppliers
SELECT l.id AS "po_line_id",  -- verified
       l.purchase AS "po_id",  -- verified
       (SELECT min(s.id) FROM sale_line AS s JOIN purchase_request AS r ON r.id = s.purchase_request
        WHERE r.purchase_line = l.id) AS "order_line_id",  -- verified
       l.product AS "title_id",  -- verified
       CAST(l.quantity AS numeric) AS "qty",  -- verified
       CAST(l.unit_price AS numeric(18,4)) AS "unit_cost_fcy",  -- verified
       (SELECT CAST(sum(m.quantity) AS numeric) FROM stock_move AS m
        WHERE m.origin = 'purchase.line,' || l.id AND m.state = 'done') AS "qty_received",  -- verified
       l.delivery_date_store AS "due_date",  -- verified
       (SELECT min(m.effective_date) FROM stock_move AS m
        WHERE m.origin = 'purchase.line,' || l.id AND m.state = 'done') AS "first_received",  -- verified
       (SELECT max(m.effective_date) FROM stock_move AS m
        WHERE m.origin = 'purchase.line,' || l.id AND m.state = 'done') AS "last_received"  -- verified
FROM purchase_line AS l
JOIN purchase_purchase AS o ON o.id = l.purchase
WHERE l.type = 'line' AND l.quantity >= 0 AND o.state IN ('confirmed', 'processing', 'done')
ORDER BY l.id;

-- map: inventory_snapshot
-- about: Stock by storage location after the last move that was done.
-- lost: stock
SELECT (SELECT max(z.effective_date) FROM stock_move AS z WHERE z.state = 'done') AS "snap_date",  -- verified
       w.name AS "warehouse",  -- verified
       m.product AS "title_id",  -- verified
       CAST(sum(CASE WHEN m.to_location = w.id THEN m.internal_quantity ELSE -m.internal_quantity END) AS numeric) AS "qty_on_hand"  -- verified
FROM stock_location AS w
JOIN stock_move AS m ON (m.to_location = w.id OR m.from_location = w.id) AND m.to_location <> m.from_location
WHERE w.type = 'storage' AND m.state = 'done'
GROUP BY w.id, w.name, m.product
ORDER BY w.id, m.product;

-- map: inventory_move
-- about: Moves that were done.
-- lost: movements of stock
SELECT m.id AS "move_id",  -- verified
       CAST(m.effective_date AS timestamp) AS "ts",  -- verified
       m.product AS "title_id",  -- verified
       f.name AS "from_loc",  -- verified
       t.name AS "to_loc",  -- verified
       CAST(m.quantity AS numeric) AS "qty",  -- verified
       CAST(m.cost_price AS numeric(18,4)) AS "unit_cost",  -- verified
       m.origin AS "ref"  -- verified
FROM stock_move AS m
JOIN stock_location AS f ON f.id = m.from_location
JOIN stock_location AS t ON t.id = m.to_location
WHERE m.state = 'done' AND m.effective_date IS NOT NULL
ORDER BY m.id;

-- map: invoice
-- about: Posted invoices to customers. The total is the sum of lines and taxes; the due date is
-- about: the first date of payment of its entries.
-- lost: receivables
SELECT i.id AS "invoice_id",  -- verified
       i.party AS "customer_id",  -- verified
       i.invoice_date AS "inv_date",  -- verified
       (SELECT min(g.maturity_date) FROM account_move_line AS g WHERE g.move = i.move AND g.account = i.account) AS "due_date",  -- verified
       k.code AS "ccy",  -- verified
       (SELECT CAST(coalesce(sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)), 0) AS numeric(18,4)) FROM account_invoice_line AS n WHERE n.invoice = i.id AND n.type = 'line')
         + (SELECT CAST(coalesce(sum(x.amount), 0) AS numeric(18,4)) FROM account_invoice_tax AS x WHERE x.invoice = i.id) AS "total",  -- verified
       (SELECT CAST(coalesce(sum(x.amount), 0) AS numeric(18,4)) FROM account_invoice_tax AS x WHERE x.invoice = i.id) AS "tax",  -- verified
       i.state AS "status"  -- verified
FROM account_invoice AS i
JOIN currency_currency AS k ON k.id = i.currency
WHERE i.type = 'out' AND i.state IN ('posted', 'paid')
ORDER BY i.id;

-- map: invoice_line
-- lost: what was invoiced for an order line
SELECT n.invoice AS "invoice_id",  -- verified
       CASE WHEN n.origin LIKE 'sale.line,%' AND substr(n.origin, 11) <> '' THEN CAST(substr(n.origin, 11) AS integer) END AS "line_id",  -- verified
       CAST(n.quantity AS numeric) AS "qty",  -- verified
       CAST(round(CAST(n.quantity AS numeric) * n.unit_price, 2) AS numeric(18,4)) AS "amount"  -- verified
FROM account_invoice_line AS n
JOIN account_invoice AS i ON i.id = n.invoice
WHERE i.type = 'out' AND i.state IN ('posted', 'paid') AND n.type = 'line'
ORDER BY n.id;

-- map: payment
-- about: Entries that pay an invoice, whatever journal they came through.
-- lost: payments and days to pay
SELECT g.id AS "payment_id",  -- verified
       i.party AS "customer_id",  -- verified
       v.date AS "pay_date",  -- verified
       CAST(coalesce(-g.amount_second_currency, g.credit - g.debit) AS numeric(18,4)) AS "amount",  -- verified
       k.code AS "ccy",  -- verified
       j.name AS "method"  -- verified: the journal
FROM "account_invoice-account_move_line" AS b
JOIN account_move_line AS g ON g.id = b.line
JOIN account_move AS v ON v.id = g.move
JOIN account_journal AS j ON j.id = v.journal
JOIN account_invoice AS i ON i.id = b.invoice
JOIN currency_currency AS k ON k.id = i.currency
WHERE i.type = 'out' AND i.state IN ('posted', 'paid')
ORDER BY g.id;

-- map: payment_alloc
-- lost: which invoice a payment paid
SELECT b.line AS "payment_id",  -- verified
       b.invoice AS "invoice_id",  -- verified
       CAST(coalesce(-g.amount_second_currency, g.credit - g.debit) AS numeric(18,4)) AS "amount"  -- verified
FROM "account_invoice-account_move_line" AS b
JOIN account_move_line AS g ON g.id = b.line
JOIN account_invoice AS i ON i.id = b.invoice
WHERE i.type = 'out' AND i.state IN ('posted', 'paid')
ORDER BY b.line, b.invoice;

-- map: supplier_invoice
-- lost: payables
SELECT i.id AS "inv_id",  -- verified
       i.party AS "supplier_id",  -- verified
       i.invoice_date AS "inv_date",  -- verified
       (SELECT min(g.maturity_date) FROM account_move_line AS g WHERE g.move = i.move AND g.account = i.account) AS "due_date",  -- verified
       (SELECT CAST(coalesce(sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)), 0) AS numeric(18,4)) FROM account_invoice_line AS n WHERE n.invoice = i.id AND n.type = 'line')
         + (SELECT CAST(coalesce(sum(x.amount), 0) AS numeric(18,4)) FROM account_invoice_tax AS x WHERE x.invoice = i.id) AS "amount_fcy",  -- verified
       k.code AS "ccy"  -- verified
FROM account_invoice AS i
JOIN currency_currency AS k ON k.id = i.currency
WHERE i.type = 'in' AND i.state IN ('posted', 'paid') AND i.invoice_date IS NOT NULL
ORDER BY i.id;

-- map: supplier_payment
-- lost: payments to suppliers
SELECT g.id AS "pay_id",  -- verified
       i.id AS "inv_id",  -- verified
       v.date AS "pay_date",  -- verified
       CAST(coalesce(g.amount_second_currency, g.debit - g.credit) AS numeric(18,4)) AS "amount_fcy"  -- verified
FROM "account_invoice-account_move_line" AS b
JOIN account_move_line AS g ON g.id = b.line
JOIN account_move AS v ON v.id = g.move
JOIN account_invoice AS i ON i.id = b.invoice
WHERE i.type = 'in' AND i.state IN ('posted', 'paid')
ORDER BY g.id;

-- map: employee
-- lost: salespeople are numbers without a name
SELECT e.id AS "employee_id",  -- verified
       p.name AS "name",  -- verified
       e.supervisor AS "manager_id",  -- verified
       e.start_date AS "hire_date",  -- verified
       e.end_date AS "leave_date"  -- verified
FROM company_employee AS e
JOIN party_party AS p ON p.id = e.party
ORDER BY e.id;

-- map: commission
-- about: Commissions of agents that are employees.
-- lost: commissions
SELECT e.id AS "employee_id",  -- verified
       to_char(c.date, 'YYYY-MM') AS "period",  -- verified
       CAST(c.amount AS numeric(18,4)) AS "amount"  -- verified
FROM commission AS c
JOIN commission_agent AS a ON a.id = c.agent
JOIN company_employee AS e ON e.party = a.party
WHERE c.date IS NOT NULL
ORDER BY c.id;

-- map: opportunity
-- about: Leads and opportunities are one table in Tryton.
-- lost: the pipeline
SELECT o.id AS "opp_id",  -- verified
       o.party AS "customer_id",  -- verified
       o.employee AS "owner_employee_id",  -- verified
       o.start_date AS "created_date",  -- verified
       CAST(o.amount AS numeric(18,4)) AS "amount",  -- verified
       CAST(CAST(o.conversion_probability AS numeric) * 100 AS numeric(9,4)) AS "probability",  -- verified: Tryton keeps a fraction
       o.state AS "stage",  -- verified
       CASE WHEN o.state IN ('converted', 'lost', 'cancelled') THEN o.end_date END AS "closed_date",  -- verified
       CASE o.state WHEN 'converted' THEN true WHEN 'lost' THEN false WHEN 'cancelled' THEN false END AS "won",  -- verified
       o.lost_reason AS "lost_reason",  -- verified
       o.write_date AS "updated_at"  -- not verified
FROM sale_opportunity AS o
ORDER BY o.id;

-- map: ticket
-- about: Complaints. One that is done was resolved when it was last written.
-- lost: complaints
SELECT c.id AS "ticket_id",  -- verified
       c.customer AS "customer_id",  -- verified
       CAST(coalesce(c.date, CAST(c.create_date AS date)) AS timestamp) AS "opened_ts",  -- verified
       'complaint' AS "type",  -- verified
       CASE WHEN c.origin LIKE 'sale.line,%' AND substr(c.origin, 11) <> '' THEN CAST(substr(c.origin, 11) AS integer) END AS "line_id",  -- verified
       CASE WHEN c.state IN ('done', 'rejected') THEN c.write_date END AS "resolved_ts",  -- verified
       c.employee AS "owner_employee_id",  -- verified
       (SELECT k.name FROM sale_complaint_type AS k WHERE k.id = c.type) AS "root_cause",  -- verified: the type of complaint
       true AS "is_complaint"  -- verified
FROM sale_complaint AS c
WHERE c.state NOT IN ('draft', 'cancelled')
ORDER BY c.id;

-- map: campaign
-- about: Promotions (module sale_promotion).
-- lost: promotions
SELECT o.id AS "campaign_id",  -- not verified
       o.name AS "name",  -- not verified
       'promo' AS "type",  -- not verified
       o.start_date AS "plan_start",  -- not verified
       o.end_date AS "plan_end"  -- not verified
FROM sale_promotion AS o
ORDER BY o.id;

-- map: geo
-- lost: the names of regions
SELECT c.code AS "region_code",  -- not verified
       c.name AS "name",  -- not verified
       'country' AS "level",  -- not verified
       c.code AS "country"  -- not verified
FROM country_country AS c
WHERE c.code IS NOT NULL
ORDER BY c.code;

-- map: geo
-- lost: the names of parts of countries
SELECT d.code AS "region_code",  -- not verified
       d.name AS "name",  -- not verified
       coalesce(d.type, 'region') AS "level",  -- not verified
       c.code AS "parent",  -- not verified
       c.code AS "country"  -- not verified
FROM country_subdivision AS d
JOIN country_country AS c ON c.id = d.country
WHERE d.code IS NOT NULL
ORDER BY d.code;

-- map: fx_rate
-- about: A rate holds until the next one, so it is written out for every day, to the last entry.
-- about: Tryton counts units of a currency for one of the base; wanted is report currency for one of
-- about: the currency.
-- lost: orders in another currency are quarantined
WITH held AS (
  SELECT h.currency, h.rate, h.date AS since,
         coalesce(lead(h.date) OVER (PARTITION BY h.currency ORDER BY h.date) - 1,
                  greatest((SELECT max(s.sale_date) FROM sale_sale AS s), (SELECT max(v.date) FROM account_move AS v))) AS until
  FROM currency_currency_rate AS h
), base AS (
  SELECT b.rate, b.since, b.until FROM held AS b JOIN company_company AS c ON c.currency = b.currency
), days AS (
  SELECT r.currency, r.rate, CAST(d.day AS date) AS day
  FROM held AS r
  CROSS JOIN LATERAL generate_series(r.since, r.until, interval '1 day') AS d(day)
  WHERE r.currency NOT IN (SELECT c.currency FROM company_company AS c)
)
SELECT y.day AS "rate_date",  -- verified
       k.code AS "ccy",  -- verified
       CAST(b.rate / y.rate AS numeric(18,8)) AS "rate",  -- verified
       'mid' AS "kind"  -- verified
FROM days AS y
JOIN currency_currency AS k ON k.id = y.currency
JOIN base AS b ON y.day BETWEEN b.since AND b.until
ORDER BY y.day, k.code;
