-- What tickets of twelve months cost, and what the customers who had them brought
-- in the same months: margin, and order lines within 14 days of a ticket.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), ticket AS (
    SELECT t.ticket_id, t.customer_key, t.date, t.cost
    FROM core.fact_ticket AS t
    CROSS JOIN run AS r
    WHERE t.date BETWEEN r.since AND r.as_of
), line AS (
    SELECT l.line_id, l.customer_key, l.order_date, l.net, coalesce(l.gross_margin, l.margin) AS margin
    FROM core.fact_order_line AS l
    CROSS JOIN run AS r
    WHERE l.customer_key <> -1 AND l.order_date BETWEEN r.since AND r.as_of
), served AS (
    SELECT count(DISTINCT l.customer_key) AS customers, sum(l.margin) AS margin
    FROM line AS l
    WHERE l.customer_key IN (SELECT t.customer_key FROM ticket AS t)
), followed AS (
    SELECT sum(l.net) AS net
    FROM line AS l
    WHERE EXISTS (SELECT 1 FROM ticket AS t WHERE t.customer_key = l.customer_key AND l.order_date BETWEEN t.date AND t.date + 14)
), cost AS (
    SELECT count(*) AS tickets, sum(t.cost) AS cost
    FROM ticket AS t
)
SELECT c.tickets AS found_n, c.cost AS cost_money, CAST(c.cost AS DOUBLE) / nullif(CAST(c.tickets AS DOUBLE), 0) AS ticket_money, s.customers AS customers_n, s.margin AS margin_money, f.net AS followed_money
FROM cost AS c
CROSS JOIN served AS s
CROSS JOIN followed AS f
