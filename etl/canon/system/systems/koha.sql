-- system: koha
-- title: the acquisitions of a library that runs Koha (MySQL): its budget and what it buys from whom
-- kind: mysql
-- ids: text
-- env: KOHA_DSN
-- currency: CNY
-- company: The library
-- source: koha
-- recognise: aqorders, aqbasket, aqbooksellers, aqbudgets, biblio
-- verified: run over a MariaDB with tables of this shape and a few made-up rows, and compared with sums worked out by hand; not over a library's database
-- unverified: from the columns the tables are known to have; no row has gone through it
-- about: The view is the library's: its branches are the customers, with their budget of the year; its
-- about: orders are their demand; the vendors are the suppliers, so that purchases by supplier show
-- about: each vendor's share of what the library spends: your share is that of the vendor you are.
-- about: The canonical tables know no purchases of a customer from others, so a library's extract
-- about: makes a warehouse of its own; its budget can be carried over as customer.annual_book_budget.
-- about: Prices are ecost, the expected cost in the library's currency.

-- map: customer
-- about: Branches. The budget is that of the period that began last, funds of no branch left out.
-- lost: branches and their budgets
SELECT b.branchcode AS "customer_id",  -- verified
       b.branchname AS "name",  -- verified
       'library' AS "customer_type",  -- verified
       b.branchcountry AS "country",  -- not verified
       b.branchcity AS "city",  -- not verified
       (SELECT CAST(sum(g.budget_amount) AS decimal(18,4)) FROM aqbudgets AS g
        WHERE g.budget_branchcode = b.branchcode AND g.budget_parent_id IS NULL
          AND g.budget_period_id = (SELECT max(p.budget_period_id) FROM aqbudgetperiods AS p
            WHERE p.budget_period_startdate = (SELECT max(z.budget_period_startdate) FROM aqbudgetperiods AS z))) AS "annual_book_budget"  -- verified
FROM branches AS b
ORDER BY b.branchcode

-- map: supplier
-- about: Vendors.
-- lost: vendors are numbers without a name
SELECT CAST(v.id AS char) AS "supplier_id",  -- verified
       v.name AS "name",  -- verified
       v.listprice AS "ccy",  -- verified: currency of its prices
       CAST(v.discount AS decimal(9,4)) AS "discount_std",  -- verified
       v.deliverytime AS "lead_days_quoted",  -- verified
       CASE WHEN v.active = 1 THEN 'active' ELSE 'closed' END AS "status"  -- verified
FROM aqbooksellers AS v
ORDER BY v.id

-- map: title
-- about: Only what was ordered.
-- lost: titles are numbers without a name
SELECT CAST(b.biblionumber AS char) AS "title_id",  -- verified
       (SELECT min(i.isbn) FROM biblioitems AS i WHERE i.biblionumber = b.biblionumber) AS "isbn13",  -- verified: several ISBN in one field are refused by the check of ISBN
       b.title AS "title",  -- verified
       (SELECT min(i.publishercode) FROM biblioitems AS i WHERE i.biblionumber = b.biblionumber) AS "publisher"  -- verified
FROM biblio AS b
WHERE b.biblionumber IN (SELECT o.biblionumber FROM aqorders AS o)
ORDER BY b.biblionumber

-- map: title_contributor
-- lost: authors
SELECT CAST(b.biblionumber AS char) AS "title_id",  -- verified
       'author' AS "role",  -- verified
       b.author AS "name"  -- verified
FROM biblio AS b
WHERE b.author IS NOT NULL AND b.biblionumber IN (SELECT o.biblionumber FROM aqorders AS o)
ORDER BY b.biblionumber

-- map: order_header
-- about: Baskets; the branch is that of the fund of its first order.
-- lost: nothing can be reported
SELECT CAST(k.basketno AS char) AS "order_id",  -- verified
       coalesce(k.basketname, CAST(k.basketno AS char)) AS "order_no",  -- verified
       (SELECT min(g.budget_branchcode) FROM aqorders AS o JOIN aqbudgets AS g ON g.budget_id = o.budget_id
        WHERE o.basketno = k.basketno) AS "customer_id",  -- verified
       CAST(coalesce(k.closedate, k.creationdate) AS datetime) AS "order_date",  -- verified
       CASE WHEN k.closedate IS NULL THEN 'open' ELSE 'closed' END AS "status"  -- verified
FROM aqbasket AS k
WHERE k.basketno IN (SELECT o.basketno FROM aqorders AS o)
ORDER BY k.basketno

-- map: order_line
-- lost: nothing can be reported
SELECT CAST(o.ordernumber AS char) AS "line_id",  -- verified
       CAST(o.basketno AS char) AS "order_id",  -- verified
       CAST(o.biblionumber AS char) AS "title_id",  -- verified
       o.quantity AS "qty_ordered",  -- verified
       CASE WHEN o.orderstatus = 'cancelled' THEN o.quantity END AS "qty_cancelled",  -- verified
       CAST(coalesce(o.ecost, 0) AS decimal(18,4)) AS "unit_price",  -- verified
       (SELECT g.budget_code FROM aqbudgets AS g WHERE g.budget_id = o.budget_id) AS "fund_code",  -- verified
       o.orderstatus AS "status"  -- verified
FROM aqorders AS o
WHERE o.quantity > 0
ORDER BY o.ordernumber

-- map: order_line_stage_event
-- about: received: the day the order was entered.
-- lost: the stage received
SELECT concat(o.ordernumber, '/received') AS "event_id",  -- verified
       CAST(o.ordernumber AS char) AS "line_id",  -- verified
       'received' AS "stage",  -- verified
       CAST(o.entrydate AS datetime) AS "event_ts",  -- verified
       o.quantity AS "qty",  -- verified
       o.estimated_delivery_date AS "promised_date"  -- not verified: newer versions
FROM aqorders AS o
WHERE o.quantity > 0 AND o.entrydate IS NOT NULL
ORDER BY o.ordernumber

-- map: order_line_stage_event
-- about: delivered: the day copies came to the library.
-- lost: the stage delivered
SELECT concat(o.ordernumber, '/delivered') AS "event_id",  -- verified
       CAST(o.ordernumber AS char) AS "line_id",  -- verified
       'delivered' AS "stage",  -- verified
       CAST(o.datereceived AS datetime) AS "event_ts",  -- verified
       o.quantityreceived AS "qty"  -- verified
FROM aqorders AS o
WHERE o.quantityreceived > 0 AND o.datereceived IS NOT NULL
ORDER BY o.ordernumber

-- map: purchase_order
-- about: The same baskets, seen from the vendor: share of wallet.
-- lost: each vendor's share of the spending
SELECT CAST(k.basketno AS char) AS "po_id",  -- verified
       CAST(k.booksellerid AS char) AS "supplier_id",  -- verified
       coalesce(k.closedate, k.creationdate) AS "po_date"  -- verified
FROM aqbasket AS k
ORDER BY k.basketno

-- map: purchase_line
-- lost: each vendor's share of the spending
SELECT CAST(o.ordernumber AS char) AS "po_line_id",  -- verified
       CAST(o.basketno AS char) AS "po_id",  -- verified
       CAST(o.ordernumber AS char) AS "order_line_id",  -- verified
       CAST(o.biblionumber AS char) AS "title_id",  -- verified
       o.quantity AS "qty",  -- verified
       CAST(coalesce(o.unitprice, o.ecost) AS decimal(18,4)) AS "unit_cost_fcy",  -- verified: what was paid, else what was expected
       o.quantityreceived AS "qty_received",  -- verified
       o.datereceived AS "last_received"  -- verified
FROM aqorders AS o
WHERE o.quantity > 0 AND (o.orderstatus IS NULL OR o.orderstatus <> 'cancelled')
ORDER BY o.ordernumber
