-- system: dolibarr
-- title: Dolibarr in MySQL: customers, products, orders, invoices, payments, suppliers
-- kind: mysql
-- ids: integer
-- env: DOLIBARR_DSN
-- currency: EUR
-- prefix: llx_
-- recognise: llx_societe, llx_commande, llx_commandedet, llx_product
-- verified: run over a MariaDB with tables of this shape and a few made-up rows, and compared with sums worked out by hand; not over an installation
-- unverified: from the columns the tables are known to have; no row has gone through it
-- about: Drafts (fk_statut 0) are no orders; -1 is cancelled. Prices are in the company's currency.

-- map: customer
-- lost: customers are numbers without a name
SELECT s.rowid AS "customer_id",  -- verified
       s.code_client AS "customer_no",  -- verified
       s.nom AS "name",  -- verified
       s.parent AS "parent_customer_id",  -- not verified
       (SELECT c.code FROM llx_c_country AS c WHERE c.rowid = s.fk_pays) AS "country",  -- verified
       (SELECT c.code FROM llx_c_country AS c WHERE c.rowid = s.fk_pays) AS "region_code",  -- verified
       s.town AS "city",  -- verified
       s.zip AS "postcode",  -- verified
       s.address AS "address",  -- not verified
       date(s.datec) AS "created_date",  -- verified
       CASE WHEN s.status = 1 THEN 'active' ELSE 'lost' END AS "status",  -- verified
       CAST(s.outstanding_limit AS decimal(18,4)) AS "credit_limit",  -- verified
       s.tva_intra AS "vat_no"  -- not verified
FROM llx_societe AS s
WHERE s.client IN (1, 3) OR s.rowid IN (SELECT o.fk_soc FROM llx_commande AS o)
ORDER BY s.rowid

-- map: title
-- lost: titles are numbers without a name
SELECT p.rowid AS "title_id",  -- verified
       CASE WHEN p.barcode LIKE '978%' OR p.barcode LIKE '979%' THEN p.barcode END AS "isbn13",  -- verified: barcodes that begin as ISBN do
       p.label AS "title",  -- verified
       CAST(p.price AS decimal(18,4)) AS "list_price",  -- verified
       CASE WHEN p.tosell = 1 THEN 'in print' ELSE 'op' END AS "pub_status"  -- verified
FROM llx_product AS p
ORDER BY p.rowid

-- map: order_header
-- lost: nothing can be reported
SELECT o.rowid AS "order_id",  -- verified
       o.ref AS "order_no",  -- verified
       o.fk_soc AS "customer_id",  -- verified
       CAST(o.date_commande AS datetime) AS "order_date",  -- verified
       o.fk_user_author AS "salesperson_id",  -- verified: who entered it
       date(o.date_livraison) AS "required_date",  -- verified
       CASE o.fk_statut WHEN -1 THEN 'cancelled' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'in process' WHEN 3 THEN 'delivered' END AS "status",  -- verified
       CAST(o.total_ht AS decimal(18,4)) AS "total"  -- verified
FROM llx_commande AS o
WHERE o.fk_statut <> 0
ORDER BY o.rowid

-- map: order_line
-- lost: nothing can be reported
SELECT l.rowid AS "line_id",  -- verified
       l.fk_commande AS "order_id",  -- verified
       l.fk_product AS "title_id",  -- verified
       l.description AS "title_text",  -- verified
       l.qty AS "qty_ordered",  -- verified
       CASE WHEN o.fk_statut = -1 AND l.qty > 0 THEN l.qty END AS "qty_cancelled",  -- verified
       CAST(l.subprice AS decimal(18,4)) AS "unit_price",  -- verified: before discount
       CAST(l.remise_percent AS decimal(9,4)) AS "discount_pct",  -- verified
       CAST(nullif(l.buy_price_ht, 0) AS decimal(18,4)) AS "unit_cost",  -- verified
       CAST(l.tva_tx AS decimal(9,4)) AS "tax_rate"  -- verified
FROM llx_commandedet AS l
JOIN llx_commande AS o ON o.rowid = l.fk_commande
WHERE o.fk_statut <> 0 AND l.qty <> 0
ORDER BY l.rowid

-- map: order_line_stage_event
-- about: received: the day of the order.
-- lost: the stage received
SELECT l.rowid AS "line_id",  -- verified
       'received' AS "stage",  -- verified
       CAST(o.date_commande AS datetime) AS "event_ts",  -- verified
       l.qty AS "qty"  -- verified
FROM llx_commandedet AS l
JOIN llx_commande AS o ON o.rowid = l.fk_commande
WHERE o.fk_statut <> 0 AND l.qty > 0
ORDER BY l.rowid

-- map: order_line_stage_event
-- about: outbound: lines of shipments.
-- lost: the stage outbound
SELECT d.fk_origin_line AS "line_id",  -- not verified
       'outbound' AS "stage",  -- not verified
       coalesce(e.date_expedition, e.date_valid) AS "event_ts",  -- not verified
       d.qty AS "qty"  -- not verified
FROM llx_expeditiondet AS d
JOIN llx_expedition AS e ON e.rowid = d.fk_expedition
WHERE e.fk_statut > 0 AND d.qty > 0
ORDER BY d.rowid

-- map: invoice
-- lost: receivables
SELECT i.rowid AS "invoice_id",  -- not verified
       i.fk_soc AS "customer_id",  -- not verified
       i.datef AS "inv_date",  -- not verified
       i.date_lim_reglement AS "due_date",  -- not verified
       CAST(i.total_ttc AS decimal(18,4)) AS "total",  -- not verified
       CAST(i.total_tva AS decimal(18,4)) AS "tax",  -- not verified: named tva before version 14
       CASE WHEN i.paye = 1 THEN 'paid' ELSE 'open' END AS "status"  -- not verified
FROM llx_facture AS i
WHERE i.fk_statut > 0
ORDER BY i.rowid

-- map: payment
-- about: A payment for several invoices counts for the customer of the first.
-- lost: payments
SELECT y.rowid AS "payment_id",  -- not verified
       min(i.fk_soc) AS "customer_id",  -- not verified
       date(y.datep) AS "pay_date",  -- not verified
       CAST(y.amount AS decimal(18,4)) AS "amount"  -- not verified
FROM llx_paiement AS y
JOIN llx_paiement_facture AS a ON a.fk_paiement = y.rowid
JOIN llx_facture AS i ON i.rowid = a.fk_facture
GROUP BY y.rowid, y.datep, y.amount
ORDER BY y.rowid

-- map: payment_alloc
-- lost: which invoice a payment paid
SELECT a.fk_paiement AS "payment_id",  -- not verified
       a.fk_facture AS "invoice_id",  -- not verified
       CAST(a.amount AS decimal(18,4)) AS "amount"  -- not verified
FROM llx_paiement_facture AS a
ORDER BY a.rowid

-- map: supplier
-- lost: suppliers are numbers without a name
SELECT s.rowid AS "supplier_id",  -- verified
       s.nom AS "name",  -- verified
       (SELECT c.code FROM llx_c_country AS c WHERE c.rowid = s.fk_pays) AS "country"  -- verified
FROM llx_societe AS s
WHERE s.fournisseur = 1
ORDER BY s.rowid

-- map: purchase_order
-- lost: purchases, lead times of suppliers
SELECT o.rowid AS "po_id",  -- not verified
       o.fk_soc AS "supplier_id",  -- not verified
       date(coalesce(o.date_commande, o.date_valid, o.date_creation)) AS "po_date"  -- not verified
FROM llx_commande_fournisseur AS o
WHERE o.fk_statut BETWEEN 3 AND 5
ORDER BY o.rowid

-- map: purchase_line
-- lost: purchases, lead times of suppliers
SELECT l.rowid AS "po_line_id",  -- not verified
       l.fk_commande AS "po_id",  -- not verified
       l.fk_product AS "title_id",  -- not verified
       l.qty AS "qty",  -- not verified
       CAST(l.subprice AS decimal(18,4)) AS "unit_cost_fcy"  -- not verified
FROM llx_commande_fournisseurdet AS l
JOIN llx_commande_fournisseur AS o ON o.rowid = l.fk_commande
WHERE o.fk_statut BETWEEN 3 AND 5 AND l.qty > 0
ORDER BY l.rowid

-- map: employee
-- lost: salespeople are numbers without a name
SELECT u.rowid AS "employee_id",  -- verified
       concat(coalesce(u.firstname, ''), ' ', u.lastname) AS "name",  -- verified
       u.fk_user AS "manager_id"  -- verified
FROM llx_user AS u
ORDER BY u.rowid
