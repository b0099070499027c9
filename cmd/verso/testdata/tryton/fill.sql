-- Fills an empty Tryton database with a part of the generated company, whose
-- files stand in the schema given, every column as text. Rows go in as Tryton's
-- own screens would leave them; numbers of parties are shifted so that customers,
-- suppliers and employees are told apart.
CREATE TABLE given.picked AS
SELECT h.order_id, CAST(h.order_id AS integer) AS id
FROM given.order_header AS h
WHERE h.customer_id <> '' AND h.order_date >= '2024-01-01'
ORDER BY md5(h.order_id) LIMIT 400;
CREATE TABLE given.sold AS
SELECT l.*, CAST(l.line_id AS integer) AS id,
       round(CAST(l.unit_price AS numeric) * (1 - coalesce(CAST(nullif(l.discount_pct, '') AS numeric), 0) / 100), 4) AS agreed
FROM given.order_line AS l JOIN given.picked AS p ON p.order_id = l.order_id
WHERE l.title_id <> '' AND CAST(l.qty_ordered AS integer) > 0;
CREATE UNIQUE INDEX ON given.sold (line_id);

-- The company, its currency and the rates: Tryton keeps units for one of the base.
INSERT INTO currency_currency (id, code, name, symbol, digits, rounding, active)
SELECT 100 + row_number() OVER (ORDER BY c.ccy), c.ccy, c.ccy, c.ccy, 2, 0.01, true
FROM (SELECT DISTINCT ccy FROM given.fx_rate UNION SELECT 'CNY') AS c;
INSERT INTO currency_currency_rate (currency, date, rate)
SELECT k.id, CAST(f.rate_date AS date), 1 / CAST(f.rate AS numeric)
FROM given.fx_rate AS f JOIN currency_currency AS k ON k.code = f.ccy
WHERE f.kind = 'mid' AND f.rate_date >= '2023-12-01'
UNION ALL
SELECT k.id, DATE '2000-01-01', 1 FROM currency_currency AS k WHERE k.code = 'CNY';
INSERT INTO party_party (id, name, code, active, create_date) VALUES (1000, 'The company', 'C', true, '2015-01-01');
INSERT INTO party_address (id, party, sequence, active) VALUES (1000, 1000, 1, true);
INSERT INTO company_company (id, party, currency) SELECT 1, 1000, id FROM currency_currency WHERE code = 'CNY';

-- Parties.
INSERT INTO party_party (id, name, code, active, create_date)
SELECT 10000 + CAST(c.customer_id AS integer), c.name, c.customer_no, c.status <> 'lost', coalesce(CAST(nullif(c.created_date, '') AS timestamp), '2015-01-01')
FROM given.customer AS c;
UPDATE party_party AS p SET replaced_by = 10000 + CAST(c.merged_into AS integer)
FROM given.customer AS c WHERE p.id = 10000 + CAST(c.customer_id AS integer) AND c.merged_into <> '';
INSERT INTO party_address (id, party, sequence, city, postal_code, active)
SELECT 10000 + CAST(c.customer_id AS integer), 10000 + CAST(c.customer_id AS integer), 1, c.city, c.postcode, true FROM given.customer AS c;
INSERT INTO party_category (id, name, active)
SELECT row_number() OVER (ORDER BY c.t), c.t, true FROM (SELECT DISTINCT customer_type AS t FROM given.customer WHERE customer_type <> '') AS c;
INSERT INTO party_category_rel (party, category)
SELECT 10000 + CAST(c.customer_id AS integer), g.id FROM given.customer AS c JOIN party_category AS g ON g.name = c.customer_type;
INSERT INTO party_contact_mechanism (party, type, value, value_compact, active)
SELECT 10000 + CAST(c.customer_id AS integer), 'email', min(c.email), min(c.email), true
FROM given.customer_contact AS c JOIN given.customer AS u ON u.customer_id = c.customer_id WHERE c.email <> '' GROUP BY c.customer_id
UNION ALL
SELECT 10000 + CAST(c.customer_id AS integer), 'phone', min(c.phone), min(c.phone), true
FROM given.customer_contact AS c JOIN given.customer AS u ON u.customer_id = c.customer_id WHERE c.phone <> '' GROUP BY c.customer_id;
INSERT INTO party_party_credit_limit_amount (party, company, credit_limit_amount)
SELECT 10000 + CAST(c.customer_id AS integer), 1, CAST(c.credit_limit AS numeric) FROM given.customer AS c WHERE c.credit_limit <> '';
INSERT INTO party_party (id, name, code, active, create_date)
SELECT 1000000 + CAST(s.supplier_id AS integer), s.name, 'S' || s.supplier_id, true, TIMESTAMP '2015-01-01' FROM given.supplier AS s
UNION ALL
SELECT 2000000 + CAST(e.employee_id AS integer), e.name, 'E' || e.employee_id, true, TIMESTAMP '2015-01-01' FROM given.employee AS e;
INSERT INTO party_address (id, party, sequence, active)
SELECT 1000000 + CAST(s.supplier_id AS integer), 1000000 + CAST(s.supplier_id AS integer), 1, true FROM given.supplier AS s;
INSERT INTO company_employee (id, company, party, start_date, end_date)
SELECT CAST(e.employee_id AS integer), 1, 2000000 + CAST(e.employee_id AS integer), CAST(nullif(e.hire_date, '') AS date), CAST(nullif(e.leave_date, '') AS date)
FROM given.employee AS e;
UPDATE company_employee AS x SET supervisor = CAST(e.manager_id AS integer)
FROM given.employee AS e WHERE x.id = CAST(e.employee_id AS integer) AND e.manager_id <> '';

-- Products: what was sold or bought.
CREATE TABLE given.book AS
SELECT t.*, CAST(t.title_id AS integer) AS id FROM given.title AS t WHERE t.title_id IN (SELECT s.title_id FROM given.sold AS s);
INSERT INTO product_template (id, name, type, default_uom, active, salable, purchasable, sale_uom, purchase_uom)
SELECT b.id, b.title, 'goods', 1, true, true, true, 1, 1 FROM given.book AS b;
INSERT INTO product_product (id, template, code, active) SELECT b.id, b.id, b.title_id, b.pub_status <> 'OP' FROM given.book AS b;
INSERT INTO product_identifier (product, type, code) SELECT b.id, 'isbn', b.isbn13 FROM given.book AS b WHERE b.isbn13 <> '';
INSERT INTO product_list_price (template, company, list_price) SELECT b.id, 1, CAST(b.list_price AS numeric) FROM given.book AS b WHERE b.list_price <> '';
INSERT INTO product_cost_price (product, company, cost_price)
SELECT b.id, 1, round(min(s.agreed) * 0.7, 4) FROM given.book AS b JOIN given.sold AS s ON s.title_id = b.title_id GROUP BY b.id;
INSERT INTO product_category (id, name, accounting) VALUES (1, 'Books', false), (2, 'Goods of 13 %', true);
INSERT INTO "product_template-product_category" (template, category) SELECT b.id, 1 FROM given.book AS b;
INSERT INTO purchase_product_supplier (template, party, company, currency, lead_time, sequence, active)
SELECT b.id, 1000000 + CAST(b.publisher_id AS integer), 1, k.id, CAST(nullif(s.lead_days_quoted, '') || ' days' AS interval), 1, true
FROM given.book AS b JOIN given.supplier AS s ON s.supplier_id = b.publisher_id JOIN currency_currency AS k ON k.code = s.ccy;

-- Sales. Every fortieth is still a quotation, every fortieth a draft.
INSERT INTO sale_sale (id, company, party, invoice_party, shipment_party, invoice_address, shipment_address, warehouse, currency, number, sale_date,
                       shipping_date, state, invoice_method, invoice_state, shipment_method, shipment_state, confirmed_by, create_date)
SELECT p.id, 1, 10000 + CAST(h.customer_id AS integer), NULL, NULL, 10000 + CAST(h.customer_id AS integer), 10000 + CAST(h.customer_id AS integer), 5, k.id,
       h.order_no, CAST(h.order_date AS date), CAST(nullif(h.required_date, '') AS date),
       CASE WHEN p.id % 40 = 0 THEN 'quotation' WHEN p.id % 40 = 1 THEN 'draft' WHEN h.status = 'cancelled' THEN 'cancelled'
            WHEN h.status = 'delivered' THEN 'done' ELSE 'processing' END,
       'order', 'none', 'order', 'none', CAST(nullif(h.salesperson_id, '') AS integer), CAST(h.order_date AS timestamp)
FROM given.picked AS p JOIN given.order_header AS h ON h.order_id = p.order_id
JOIN currency_currency AS k ON k.code = coalesce(nullif(h.ccy, ''), 'CNY');
INSERT INTO sale_line (id, sale, sequence, type, product, quantity, unit, unit_price, description)
SELECT s.id, CAST(s.order_id AS integer), CAST(s.line_no AS integer), 'line', CAST(s.title_id AS integer), CAST(s.qty_ordered AS integer), 1, s.agreed, s.title_text
FROM given.sold AS s JOIN given.book AS b ON b.title_id = s.title_id
UNION ALL
SELECT 900000000 + p.id, p.id, 1000, 'comment', NULL, NULL, NULL, NULL, 'a line that is text only' FROM given.picked AS p WHERE p.id % 10 = 3;
-- Every fiftieth line came back: a line of a later sale with a negative quantity.
INSERT INTO sale_line (id, sale, sequence, type, product, quantity, unit, unit_price, description)
SELECT 500000000 + l.id, l.sale, 500, 'line', l.product, -1, 1, l.unit_price, 'return' FROM sale_line AS l WHERE l.id % 50 = 7 AND l.type = 'line';
UPDATE sale_sale AS s SET untaxed_amount_cache = t.total, tax_amount_cache = 0, total_amount_cache = t.total
FROM (SELECT l.sale, sum(round(CAST(l.quantity AS numeric) * l.unit_price, 2)) AS total FROM sale_line AS l WHERE l.type = 'line' GROUP BY l.sale) AS t
WHERE t.sale = s.id AND s.state NOT IN ('draft', 'quotation');

-- Purchases for them, by way of requests.
INSERT INTO purchase_purchase (id, company, party, invoice_address, warehouse, currency, number, purchase_date, state, invoice_method, invoice_state, shipment_state, create_date)
SELECT row_number() OVER (ORDER BY o.po_id), 1, 1000000 + CAST(o.supplier_id AS integer), 1000000 + CAST(o.supplier_id AS integer), 5, k.id, o.po_id,
       CAST(o.po_date AS date), CASE WHEN o.status = 'closed' THEN 'done' ELSE 'processing' END, 'order', 'none', 'none', CAST(o.po_date AS timestamp)
FROM given.purchase_order AS o JOIN currency_currency AS k ON k.code = o.ccy
WHERE o.po_id IN (SELECT x.po_id FROM given.purchase_line AS x JOIN given.sold AS s ON s.line_id = x.order_line_id);
INSERT INTO purchase_line (id, purchase, sequence, type, product, quantity, unit, unit_price, delivery_date_edit, delivery_date_store)
SELECT s.id, o.id, 1, 'line', CAST(s.title_id AS integer), CAST(x.qty AS integer), 1, CAST(x.unit_cost_fcy AS numeric), false, CAST(nullif(x.due_date, '') AS date)
FROM given.purchase_line AS x JOIN given.sold AS s ON s.line_id = x.order_line_id JOIN purchase_purchase AS o ON o.number = x.po_id
JOIN sale_line AS l ON l.id = s.id JOIN sale_sale AS h ON h.id = l.sale AND h.state IN ('processing', 'done', 'cancelled');
DELETE FROM purchase_purchase AS o WHERE o.id NOT IN (SELECT l.purchase FROM purchase_line AS l);
INSERT INTO purchase_request (id, company, product, party, quantity, uom, purchase_line, origin, state, warehouse)
SELECT l.id, 1, l.product, o.party, l.quantity, 1, l.id, 'sale.sale,' || s.order_id, 'purchased', 5
FROM purchase_line AS l JOIN purchase_purchase AS o ON o.id = l.purchase JOIN given.sold AS s ON s.id = l.id;
UPDATE sale_line AS l SET purchase_request = r.id FROM purchase_request AS r WHERE r.id = l.id;

-- Moves of stock: in from the supplier, out to the customer.
INSERT INTO stock_move (company, product, uom, quantity, internal_quantity, from_location, to_location, planned_date, effective_date, state, origin, unit_price, currency, cost_price)
SELECT 1, CAST(x.title_id AS integer), 1, CAST(x.qty_received AS integer), CAST(x.qty_received AS integer), 6, 3, CAST(nullif(x.due_date, '') AS date),
       CAST(x.first_received AS date), 'done', 'purchase.line,' || s.id, CAST(x.unit_cost_fcy AS numeric), o.currency, CAST(x.unit_cost_fcy AS numeric)
FROM given.purchase_line AS x JOIN given.sold AS s ON s.line_id = x.order_line_id JOIN purchase_purchase AS o ON o.number = x.po_id
WHERE x.first_received <> '' AND s.id IN (SELECT l.id FROM purchase_line AS l) AND CAST(x.qty_received AS integer) > 0;
INSERT INTO stock_move (company, product, uom, quantity, internal_quantity, from_location, to_location, planned_date, effective_date, state, origin, unit_price, currency)
SELECT 1, l.product, 1, CAST(e.qty AS integer), CAST(e.qty AS integer), 3, 7, CAST(nullif(e.promised_date, '') AS date), CAST(e.event_ts AS date),
       CASE WHEN l.id % 30 = 5 THEN 'draft' ELSE 'done' END, 'sale.line,' || l.id, l.unit_price, s.currency
FROM given.order_line_stage_event AS e JOIN given.sold AS g ON g.line_id = e.line_id
JOIN sale_line AS l ON l.id = g.id JOIN sale_sale AS s ON s.id = l.sale
WHERE e.stage = 'outbound' AND s.state IN ('processing', 'done') AND e.qty <> '' AND CAST(e.qty AS integer) > 0;

-- Books: accounts, one year, invoices with their entries, and what was paid.
INSERT INTO account_account (id, name, code, company, "left", "right") VALUES
  (1, 'Receivable', '1122', 1, 1, 2), (2, 'Payable', '2202', 1, 3, 4), (3, 'Revenue', '6001', 1, 5, 6), (4, 'Bank', '1002', 1, 7, 8), (5, 'Purchases', '1402', 1, 9, 10);
INSERT INTO account_fiscalyear (id, name, company, start_date, end_date, state, post_move_sequence)
SELECT 1, 'all years', 1, '2015-01-01', '2030-12-31', 'open', min(id) FROM ir_sequence;
INSERT INTO account_period (id, name, fiscalyear, start_date, end_date, state, type) VALUES (1, 'all years', 1, '2015-01-01', '2030-12-31', 'open', 'standard');
CREATE TABLE given.billed AS
SELECT i.*, CAST(i.invoice_id AS integer) AS id FROM given.invoice AS i
WHERE i.invoice_id IN (SELECT n.invoice_id FROM given.invoice_line AS n JOIN given.sold AS s ON s.line_id = n.line_id JOIN sale_sale AS o ON o.id = CAST(s.order_id AS integer)
                       WHERE o.state IN ('processing', 'done'));
INSERT INTO account_move (id, company, journal, period, date, number, state, origin)
SELECT b.id, 1, 1, 1, CAST(b.inv_date AS date), 'R' || b.id, 'posted', 'account.invoice,' || b.id FROM given.billed AS b;
INSERT INTO account_invoice (id, company, type, party, invoice_address, account, journal, currency, number, invoice_date, state, move)
SELECT b.id, 1, 'out', 10000 + CAST(b.customer_id AS integer), 10000 + CAST(b.customer_id AS integer), 1, 1, k.id, 'R' || b.id, CAST(b.inv_date AS date),
       CASE WHEN b.status = 'paid' THEN 'paid' ELSE 'posted' END, b.id
FROM given.billed AS b JOIN currency_currency AS k ON k.code = coalesce(nullif(b.ccy, ''), 'CNY');
INSERT INTO account_invoice_line (company, invoice, invoice_type, type, account, currency, party, product, quantity, unit, unit_price, origin, sequence)
SELECT 1, b.id, 'out', 'line', 3, i.currency, i.party, CAST(s.title_id AS integer), CAST(n.qty AS integer), 1, s.agreed, 'sale.line,' || s.id, 1
FROM given.invoice_line AS n JOIN given.billed AS b ON b.invoice_id = n.invoice_id JOIN given.sold AS s ON s.line_id = n.line_id
JOIN sale_line AS l ON l.id = s.id JOIN account_invoice AS i ON i.id = b.id
JOIN sale_sale AS h ON h.id = l.sale AND h.state IN ('processing', 'done');
INSERT INTO account_invoice_tax (invoice, account, description, base, amount)
SELECT n.invoice, 3, 'VAT 9 %', sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)), round(0.09 * sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)), 2)
FROM account_invoice_line AS n GROUP BY n.invoice;
CREATE TABLE given.due AS
SELECT i.id, i.party, i.invoice_date, i.state, i.currency,
       (SELECT sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)) FROM account_invoice_line AS n WHERE n.invoice = i.id)
       + (SELECT sum(x.amount) FROM account_invoice_tax AS x WHERE x.invoice = i.id) AS total
FROM account_invoice AS i;
INSERT INTO account_move_line (id, move, account, party, debit, credit, maturity_date, state)
SELECT d.id, d.id, 1, d.party, d.total, 0, CAST(b.due_date AS date), 'valid' FROM given.due AS d JOIN given.billed AS b ON b.id = d.id
UNION ALL
SELECT 100000000 + d.id, d.id, 3, NULL, 0, d.total, NULL, 'valid' FROM given.due AS d;
INSERT INTO account_move (id, company, journal, period, date, number, state)
SELECT 200000000 + d.id, 1, 3, 1, d.invoice_date + 30, 'P' || d.id, 'posted' FROM given.due AS d WHERE d.state = 'paid';
INSERT INTO account_move_line (id, move, account, party, debit, credit, state)
SELECT 200000000 + d.id, 200000000 + d.id, 1, d.party, 0, d.total, 'valid' FROM given.due AS d WHERE d.state = 'paid'
UNION ALL
SELECT 300000000 + d.id, 200000000 + d.id, 4, NULL, d.total, 0, 'valid' FROM given.due AS d WHERE d.state = 'paid';
INSERT INTO "account_invoice-account_move_line" (invoice, line) SELECT d.id, 200000000 + d.id FROM given.due AS d WHERE d.state = 'paid';

-- Invoices of suppliers: one for each purchase that is done, every second of them paid.
INSERT INTO account_move (id, company, journal, period, date, number, state)
SELECT 400000000 + o.id, 1, 2, 1, o.purchase_date + 20, 'I' || o.id, 'posted' FROM purchase_purchase AS o WHERE o.state = 'done'
UNION ALL
SELECT 500000000 + o.id, 1, 3, 1, o.purchase_date + 60, 'O' || o.id, 'posted' FROM purchase_purchase AS o WHERE o.state = 'done' AND o.id % 2 = 0;
INSERT INTO account_invoice (id, company, type, party, invoice_address, account, journal, currency, number, invoice_date, state, move)
SELECT 400000000 + o.id, 1, 'in', o.party, o.party, 2, 2, o.currency, 'I' || o.id, o.purchase_date + 20, CASE WHEN o.id % 2 = 0 THEN 'paid' ELSE 'posted' END, 400000000 + o.id
FROM purchase_purchase AS o WHERE o.state = 'done';
INSERT INTO account_invoice_line (company, invoice, invoice_type, type, account, currency, party, product, quantity, unit, unit_price, origin, sequence)
SELECT 1, 400000000 + o.id, 'in', 'line', 5, o.currency, o.party, l.product, l.quantity, 1, l.unit_price, 'purchase.line,' || l.id, 1
FROM purchase_line AS l JOIN purchase_purchase AS o ON o.id = l.purchase WHERE o.state = 'done';
INSERT INTO account_move_line (id, move, account, party, debit, credit, amount_second_currency, second_currency, maturity_date, state)
SELECT i.id, i.move, 2, i.party, 0, round(t.total * 7, 2), -t.total, i.currency, i.invoice_date + 60, 'valid'
FROM account_invoice AS i JOIN (SELECT n.invoice, sum(round(CAST(n.quantity AS numeric) * n.unit_price, 2)) AS total FROM account_invoice_line AS n GROUP BY n.invoice) AS t ON t.invoice = i.id
WHERE i.type = 'in';
INSERT INTO account_move_line (id, move, account, party, debit, credit, amount_second_currency, second_currency, state)
SELECT i.id + 100000000, i.id + 100000000, 2, i.party, g.credit, 0, -g.amount_second_currency, g.second_currency, 'valid'
FROM account_invoice AS i JOIN account_move_line AS g ON g.id = i.id WHERE i.type = 'in' AND i.state = 'paid';
INSERT INTO "account_invoice-account_move_line" (invoice, line) SELECT i.id, i.id + 100000000 FROM account_invoice AS i WHERE i.type = 'in' AND i.state = 'paid';

-- Pipeline, complaints, commissions.
INSERT INTO sale_opportunity (id, company, party, employee, start_date, end_date, amount, conversion_probability, number, state, lost_reason)
SELECT CAST(o.opp_id AS integer), 1, 10000 + CAST(o.customer_id AS integer), CAST(nullif(o.owner_employee_id, '') AS integer), CAST(o.created_date AS date),
       CAST(nullif(coalesce(nullif(o.closed_date, ''), o.expected_close), '') AS date), CAST(o.amount AS numeric), coalesce(CAST(nullif(o.probability, '') AS float8), 50) / 100,
       o.opp_id, CASE WHEN o.won = 'true' THEN 'converted' WHEN o.won = 'false' THEN 'lost' ELSE 'opportunity' END, nullif(o.lost_reason, '')
FROM given.opportunity AS o WHERE o.customer_id <> '';
INSERT INTO sale_complaint_type (id, name, origin, active) SELECT 1, 'Late', min(id), true FROM ir_model WHERE model = 'sale.line';
INSERT INTO sale_complaint (id, company, customer, date, type, state, origin, employee, number, write_date)
SELECT CAST(t.ticket_id AS integer), 1, 10000 + CAST(t.customer_id AS integer), CAST(t.opened_ts AS date), 1,
       CASE WHEN t.resolved_ts <> '' THEN 'done' ELSE 'waiting' END,
       CASE WHEN s.line_id IS NOT NULL THEN 'sale.line,' || t.line_id ELSE 'sale.sale,' END, CAST(nullif(t.owner_employee_id, '') AS integer), t.ticket_id,
       CAST(nullif(t.resolved_ts, '') AS timestamp)
FROM given.ticket AS t LEFT JOIN given.sold AS s ON s.line_id = t.line_id
WHERE t.is_complaint = 'true' AND t.customer_id <> '';
INSERT INTO commission_agent (id, company, party, type_, currency)
SELECT e.id, 1, e.party, 'agent', k.id FROM company_employee AS e JOIN currency_currency AS k ON k.code = 'CNY';
INSERT INTO commission (agent, product, date, amount)
SELECT CAST(c.employee_id AS integer), (SELECT min(p.id) FROM product_product AS p), CAST(c.period || '-28' AS date), CAST(c.amount AS numeric)
FROM given.commission AS c WHERE c.period LIKE '2024%';
