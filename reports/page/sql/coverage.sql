-- How many order lines there are and which days they cover.
SELECT count(*) AS "lines", min(order_date) AS "first", max(order_date) AS "last"
FROM core.fact_order_line
