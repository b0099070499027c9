-- A book shop with a history of order states, made up for tests: 40 books, 60
-- customers, 300 orders of one to three copies.
CREATE TABLE country (country_id integer PRIMARY KEY, country_name text);
CREATE TABLE address (address_id integer PRIMARY KEY, street_number text, street_name text, city text, country_id integer REFERENCES country (country_id));
CREATE TABLE customer (customer_id integer PRIMARY KEY, first_name text, last_name text, email text);
CREATE TABLE address_status (status_id integer PRIMARY KEY, address_status text);
CREATE TABLE customer_address (customer_id integer REFERENCES customer (customer_id), address_id integer REFERENCES address (address_id), status_id integer, PRIMARY KEY (customer_id, address_id));
CREATE TABLE author (author_id integer PRIMARY KEY, author_name text);
CREATE TABLE publisher (publisher_id integer PRIMARY KEY, publisher_name text);
CREATE TABLE book_language (language_id integer PRIMARY KEY, language_code text, language_name text);
CREATE TABLE book (book_id integer PRIMARY KEY, title text, isbn13 text, language_id integer REFERENCES book_language (language_id), num_pages integer, publication_date date, publisher_id integer REFERENCES publisher (publisher_id));
CREATE TABLE book_author (book_id integer REFERENCES book (book_id), author_id integer REFERENCES author (author_id), PRIMARY KEY (book_id, author_id));
CREATE TABLE shipping_method (method_id integer PRIMARY KEY, method_name text, cost decimal(6,2));
CREATE TABLE cust_order (order_id integer PRIMARY KEY, order_date datetime, customer_id integer REFERENCES customer (customer_id), shipping_method_id integer REFERENCES shipping_method (method_id), dest_address_id integer REFERENCES address (address_id));
CREATE TABLE order_line (line_id integer PRIMARY KEY, order_id integer REFERENCES cust_order (order_id), book_id integer REFERENCES book (book_id), price decimal(5,2));
CREATE TABLE order_status (status_id integer PRIMARY KEY, status_value text);
CREATE TABLE order_history (history_id integer PRIMARY KEY, order_id integer REFERENCES cust_order (order_id), status_id integer REFERENCES order_status (status_id), status_date datetime);
INSERT INTO country VALUES (1, 'China'), (2, 'France'), (3, 'Peru');
INSERT INTO order_status VALUES (1, 'Order Received'), (2, 'Pending Delivery'), (3, 'Delivery In Progress'), (4, 'Delivered'), (5, 'Cancelled'), (6, 'Returned');
INSERT INTO shipping_method VALUES (1, 'Standard', 5.90), (2, 'Express', 14.50);
INSERT INTO book_language VALUES (1, 'eng', 'English'), (2, 'fre', 'French');
INSERT INTO address_status VALUES (1, 'Active'), (2, 'Inactive');
INSERT INTO publisher WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6) SELECT i, 'House ' || i FROM n;
INSERT INTO author WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25) SELECT i, 'Author ' || i FROM n;
INSERT INTO book WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
  SELECT i, 'Book ' || i, '97800000' || (1000 + i) || ((10 - (9 + 3 * 7 + 8 + 1 + 3 * ((i / 100) % 10) + ((i / 10) % 10) + 3 * (i % 10)) % 10) % 10),
         1 + i % 2, 100 + 7 * i, date('2015-01-01', (i * 37) || ' days'), 1 + i % 6 FROM n;
INSERT INTO book_author SELECT book_id, 1 + book_id % 25 FROM book;
INSERT INTO address WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i, CAST(i AS text), 'Street ' || (i % 9), 'City ' || (i % 7), 1 + i % 3 FROM n;
INSERT INTO customer WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i, 'First' || i, 'Last' || i, 'c' || i || '@example.org' FROM n;
INSERT INTO customer_address SELECT customer_id, customer_id, 1 FROM customer;
INSERT INTO cust_order WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  SELECT i, datetime('2023-01-01', (i * 2) || ' days', (i % 24) || ' hours'), 1 + (i * 7) % 53, 1 + i % 2, 1 + (i * 7) % 53 FROM n;
INSERT INTO order_line SELECT o.order_id * 10 + k.k, o.order_id, 1 + (o.order_id * 3 + k.k) % 40, 3 + (o.order_id * k.k) % 17 + 0.25
  FROM cust_order AS o JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) AS k ON k.k <= 1 + o.order_id % 3;
INSERT INTO order_history SELECT o.order_id * 10 + s.status_id, o.order_id, s.status_id, datetime(o.order_date, (2 * s.status_id - 2) || ' days')
  FROM cust_order AS o JOIN order_status AS s ON s.status_id <= CASE WHEN o.order_id > 290 THEN 2 ELSE 4 END AND NOT (o.order_id % 20 = 0 AND s.status_id > 1)
  UNION ALL SELECT o.order_id * 10 + 5, o.order_id, 5, datetime(o.order_date, '3 days') FROM cust_order AS o WHERE o.order_id % 20 = 0
  UNION ALL SELECT o.order_id * 10 + 6, o.order_id, 6, datetime(o.order_date, '30 days') FROM cust_order AS o WHERE o.order_id % 25 = 7;
