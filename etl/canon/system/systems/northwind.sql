-- system: northwind
-- title: the Northwind sample in PostgreSQL
-- kind: postgres
-- ids: text
-- env: NORTHWIND_DSN
-- currency: USD
-- company: Northwind Traders
-- recognise: customers, orders, order_details, products, employee_territories
-- verified: run over the sample and compared with its published totals
-- unverified: no row has gone through it
-- about: The sample ends in May 1998: as_of latest is its last order.

-- map: customer
-- lost: customers are codes without a name
SELECT c.customer_id AS "customer_id",  -- verified
       c.customer_id AS "customer_no",  -- verified
       c.company_name AS "name",  -- verified
       c.country || coalesce('/' || c.region, '') AS "region_code",  -- verified: see geo
       c.country AS "country",  -- verified
       c.city AS "city",  -- verified
       c.postal_code AS "postcode",  -- verified
       c.address AS "address"  -- verified
FROM customers AS c
ORDER BY c.customer_id

-- map: customer_contact
-- lost: contacts of customers
SELECT c.customer_id AS "contact_id",  -- verified
       c.customer_id AS "customer_id",  -- verified
       c.contact_name AS "name",  -- verified
       c.contact_title AS "role",  -- verified
       c.phone AS "phone",  -- verified
       true AS "is_primary"  -- verified
FROM customers AS c
WHERE c.contact_name IS NOT NULL
ORDER BY c.customer_id

-- map: title
-- about: Products take the place of titles.
-- lost: titles are numbers without a name
SELECT CAST(p.product_id AS text) AS "title_id",  -- verified
       p.product_name AS "title",  -- verified
       CAST(p.supplier_id AS text) AS "publisher_id",  -- verified
       CAST(p.unit_price AS numeric(18,4)) AS "list_price",  -- verified
       '{{currency}}' AS "list_ccy",  -- verified
       CASE WHEN p.discontinued = 1 THEN 'op' ELSE 'in print' END AS "pub_status"  -- verified
FROM products AS p
ORDER BY p.product_id

-- map: title_subject
-- about: Categories are kept as keywords: they are no classes of a library scheme.
-- lost: keywords of titles
SELECT CAST(p.product_id AS text) AS "title_id",  -- verified
       'keyword' AS "scheme",  -- verified
       c.category_name AS "code",  -- verified
       true AS "is_primary"  -- verified
FROM products AS p
JOIN categories AS c ON c.category_id = p.category_id
ORDER BY p.product_id

-- map: order_header
-- lost: nothing can be reported
SELECT CAST(o.order_id AS text) AS "order_id",  -- verified
       CAST(o.order_id AS text) AS "order_no",  -- verified
       o.customer_id AS "customer_id",  -- verified
       CAST(o.order_date AS timestamp) AS "order_date",  -- verified
       CAST(o.employee_id AS text) AS "salesperson_id",  -- verified
       o.required_date AS "required_date",  -- verified
       '{{currency}}' AS "ccy",  -- verified: every amount of the sample is in one currency
       o.ship_country || coalesce('/' || o.ship_region, '') AS "ship_to_region",  -- verified
       CASE WHEN o.shipped_date IS NULL THEN 'open' ELSE 'shipped' END AS "status"  -- verified
FROM orders AS o
ORDER BY o.order_id

-- map: order_line
-- about: Prices and discounts are stored as floats of four bytes: the casts bring back the decimals
-- about: they were entered with. A discount of 0.15 is 15 per cent.
-- lost: nothing can be reported
SELECT d.order_id || '-' || d.product_id AS "line_id",  -- verified
       CAST(d.order_id AS text) AS "order_id",  -- verified
       row_number() OVER (PARTITION BY d.order_id ORDER BY d.product_id) AS "line_no",  -- verified
       CAST(d.product_id AS text) AS "title_id",  -- verified
       d.quantity AS "qty_ordered",  -- verified
       CAST(d.unit_price AS numeric(18,4)) AS "unit_price",  -- verified
       CAST(CAST(d.discount AS numeric(9,6)) * 100 AS numeric(9,4)) AS "discount_pct"  -- verified
FROM order_details AS d
ORDER BY d.order_id, d.product_id

-- map: order_line_stage_event
-- about: An order has one date of dispatch, so all of its lines went out then.
-- lost: stages and lead times
SELECT d.order_id || '-' || d.product_id || '-outbound' AS "event_id",  -- verified
       d.order_id || '-' || d.product_id AS "line_id",  -- verified
       'outbound' AS "stage",  -- verified
       CAST(o.shipped_date AS timestamp) AS "event_ts",  -- verified
       d.quantity AS "qty",  -- verified
       o.required_date AS "promised_date"  -- verified
FROM order_details AS d
JOIN orders AS o ON o.order_id = d.order_id
WHERE o.shipped_date IS NOT NULL
ORDER BY d.order_id, d.product_id

-- map: supplier
-- lost: suppliers are numbers without a name
SELECT CAST(s.supplier_id AS text) AS "supplier_id",  -- verified
       s.company_name AS "name",  -- verified
       s.country AS "country"  -- verified
FROM suppliers AS s
ORDER BY s.supplier_id

-- map: employee
-- lost: salespeople are numbers without a name
SELECT CAST(e.employee_id AS text) AS "employee_id",  -- verified
       e.first_name || ' ' || e.last_name AS "name",  -- verified
       'sales' AS "dept",  -- verified
       CAST(e.reports_to AS text) AS "manager_id",  -- verified
       e.hire_date AS "hire_date",  -- verified
       (SELECT string_agg(DISTINCT r.region_description, ', ' ORDER BY r.region_description)
        FROM employee_territories AS t
        JOIN territories AS x ON x.territory_id = t.territory_id
        JOIN region AS r ON r.region_id = x.region_id
        WHERE t.employee_id = e.employee_id) AS "territory"  -- verified
FROM employees AS e
ORDER BY e.employee_id

-- map: geo
-- about: Countries, and below them the regions that customers and orders name.
-- lost: the names of regions
WITH places AS (
  SELECT c.country AS place, c.region AS part FROM customers AS c
  UNION
  SELECT o.ship_country, o.ship_region FROM orders AS o
), members AS (
  SELECT p.place AS code, p.place AS name, 'country' AS level, CAST(NULL AS text) AS parent, p.place AS country
  FROM places AS p
  WHERE p.place IS NOT NULL
  GROUP BY p.place
  UNION ALL
  SELECT p.place || '/' || p.part, p.part, 'region', p.place, p.place
  FROM places AS p
  WHERE p.place IS NOT NULL AND p.part IS NOT NULL
)
SELECT m.code AS "region_code",  -- verified
       m.name AS "name",  -- verified
       m.level AS "level",  -- verified
       m.parent AS "parent",  -- verified
       m.country AS "country"  -- verified
FROM members AS m
ORDER BY m.code
