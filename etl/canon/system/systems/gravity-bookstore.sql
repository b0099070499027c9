-- system: gravity-bookstore
-- title: book shops shaped like the Gravity Bookstore sample: orders with a history of states
-- kind: postgres, mysql, sqlite
-- ids: integer
-- env: BOOKSTORE_DSN
-- currency: USD
-- company: Gravity Books
-- source: bookstore
-- recognise: cust_order, order_line, order_history, order_status, book
-- verified: run over tables of this shape with made-up rows and compared with sums by SQL of its own
-- unverified: from the columns the sample is known to have; no row has gone through it
-- about: Every line is one copy. The states of an order apply to all of its lines.

-- map: customer
-- lost: customers are numbers without a name
SELECT c.customer_id AS "customer_id",  -- verified
       c.customer_id AS "customer_no",  -- verified
       concat(c.first_name, ' ', c.last_name) AS "name",  -- verified
       'individual' AS "customer_type",  -- verified: the sample knows persons only
       (SELECT min(n.country_name) FROM customer_address AS a JOIN address AS d ON d.address_id = a.address_id
        JOIN country AS n ON n.country_id = d.country_id WHERE a.customer_id = c.customer_id) AS "country",  -- verified
       (SELECT min(n.country_name) FROM customer_address AS a JOIN address AS d ON d.address_id = a.address_id
        JOIN country AS n ON n.country_id = d.country_id WHERE a.customer_id = c.customer_id) AS "region_code",  -- verified
       (SELECT min(d.city) FROM customer_address AS a JOIN address AS d ON d.address_id = a.address_id
        WHERE a.customer_id = c.customer_id) AS "city"  -- verified
FROM customer AS c
ORDER BY c.customer_id

-- map: customer_contact
-- lost: e-mail of customers
SELECT c.customer_id AS "contact_id",  -- verified
       c.customer_id AS "customer_id",  -- verified
       c.email AS "email"  -- verified
FROM customer AS c
WHERE c.email IS NOT NULL
ORDER BY c.customer_id

-- map: title
-- lost: titles are numbers without a name, language or publisher
SELECT b.book_id AS "title_id",  -- verified
       b.isbn13 AS "isbn13",  -- verified
       b.title AS "title",  -- verified
       b.publisher_id AS "publisher_id",  -- verified
       (SELECT g.language_code FROM book_language AS g WHERE g.language_id = b.language_id) AS "language",  -- verified
       b.num_pages AS "pages",  -- verified
       b.publication_date AS "pub_date"  -- verified
FROM book AS b
ORDER BY b.book_id

-- map: title_contributor
-- lost: authors
SELECT w.book_id AS "title_id",  -- verified
       'author' AS "role",  -- verified
       a.author_name AS "name"  -- verified
FROM book_author AS w
JOIN author AS a ON a.author_id = w.author_id
ORDER BY w.book_id, w.author_id

-- map: supplier
-- about: Publishers.
-- lost: publishers are numbers without a name
SELECT p.publisher_id AS "supplier_id",  -- verified
       p.publisher_name AS "name",  -- verified
       'publisher' AS "type"  -- verified
FROM publisher AS p
ORDER BY p.publisher_id

-- map: order_header
-- lost: nothing can be reported
SELECT o.order_id AS "order_id",  -- verified
       o.order_id AS "order_no",  -- verified
       o.customer_id AS "customer_id",  -- verified
       o.order_date AS "order_date",  -- verified
       'web' AS "entry_channel",  -- not verified: the sample does not say
       (SELECT n.country_name FROM address AS d JOIN country AS n ON n.country_id = d.country_id
        WHERE d.address_id = o.dest_address_id) AS "ship_to_region",  -- verified
       (SELECT max(t.status_value) FROM order_history AS h JOIN order_status AS t ON t.status_id = h.status_id
        WHERE h.order_id = o.order_id
          AND h.history_id = (SELECT max(z.history_id) FROM order_history AS z WHERE z.order_id = o.order_id)) AS "status"  -- verified: the last state
FROM cust_order AS o
ORDER BY o.order_id

-- map: order_line
-- about: An order with the state Cancelled or Returned: its copies are cancelled, or come back.
-- lost: nothing can be reported
SELECT l.line_id AS "line_id",  -- verified
       l.order_id AS "order_id",  -- verified
       l.book_id AS "title_id",  -- verified
       1 AS "qty_ordered",  -- verified: a line is a copy
       (SELECT max(1) FROM order_history AS h JOIN order_status AS t ON t.status_id = h.status_id
        WHERE h.order_id = l.order_id AND t.status_value = 'Cancelled') AS "qty_cancelled",  -- verified
       l.price AS "unit_price"  -- verified
FROM order_line AS l
ORDER BY l.line_id

-- map: return_line
-- about: Orders with the state Returned: all copies, on the day of that state.
-- lost: returns
SELECT l.line_id AS "return_id",  -- verified
       l.line_id AS "line_id",  -- verified
       l.book_id AS "title_id",  -- verified
       min(h.status_date) AS "return_date",  -- verified
       1 AS "qty",  -- verified
       max(l.price) AS "value_cny"  -- verified
FROM order_line AS l
JOIN order_history AS h ON h.order_id = l.order_id
JOIN order_status AS t ON t.status_id = h.status_id
WHERE t.status_value = 'Returned'
GROUP BY l.line_id, l.book_id
ORDER BY l.line_id

-- map: order_line_stage_event
-- about: The history of states: Order Received, Pending Delivery (outbound is not claimed of it),
-- about: Delivery In Progress, Delivered, Cancelled, Returned (see return_line).
-- lost: stages and lead times
SELECT l.line_id AS "line_id",  -- verified
       CASE t.status_value WHEN 'Order Received' THEN 'received' WHEN 'Delivery In Progress' THEN 'outbound'
                           WHEN 'Delivered' THEN 'delivered' ELSE 'cancelled' END AS "stage",  -- verified
       h.status_date AS "event_ts",  -- verified
       1 AS "qty"  -- verified
FROM order_history AS h
JOIN order_status AS t ON t.status_id = h.status_id
JOIN order_line AS l ON l.order_id = h.order_id
WHERE t.status_value IN ('Order Received', 'Delivery In Progress', 'Delivered', 'Cancelled')
ORDER BY h.history_id, l.line_id
