-- The last 10 orders. Parameter: keys of customers.
SELECT o.customer_key, o.order_no, o.order_date, o.lines, o.copies, o.net, o.orders
FROM (
  SELECT f.customer_key, f.order_key, max(f.order_no) AS order_no, max(f.order_date) AS order_date, count(*) AS lines, sum(f.qty) AS copies, sum(f.net) AS net,
         count(*) OVER (PARTITION BY f.customer_key) AS orders,
         row_number() OVER (PARTITION BY f.customer_key ORDER BY max(f.order_date) DESC, f.order_key DESC) AS place
  FROM core.fact_order_line AS f
  WHERE f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
  GROUP BY f.customer_key, f.order_key
) AS o
WHERE o.place <= 10
ORDER BY o.customer_key, o.place
