-- Profit as the models would write it, from the lines of the fixture: cost to
-- serve is 3 a line, and 9,000 a cell for every seventh customer.
CREATE TABLE score.profit_cell AS
WITH cell AS (
    SELECT customer_key, clc_key, geo_key, CAST(count(*) AS INTEGER) AS lines, sum(gross) AS gross, sum(net) AS net,
           sum(CASE WHEN cost IS NOT NULL THEN net END) AS net_costed, CAST(coalesce(sum(margin), 0) AS DECIMAL(18, 4)) AS margin,
           CAST(count(*) * 3 + CASE WHEN customer_key % 7 = 0 THEN 9000 ELSE 0 END AS DECIMAL(18, 4)) AS cost_to_serve
    FROM core.fact_order_line
    WHERE customer_key > 0
    GROUP BY customer_key, clc_key, geo_key
)
SELECT customer_key, clc_key, geo_key, lines, CAST(gross AS DECIMAL(18, 4)) AS gross, CAST(net AS DECIMAL(18, 4)) AS net, CAST(net_costed AS DECIMAL(18, 4)) AS net_costed,
       true AS is_known, CAST(net AS DECIMAL(18, 4)) AS net_known, CAST(0 AS DECIMAL(18, 4)) AS returned, margin, cost_to_serve, CAST(0 AS DECIMAL(18, 4)) AS selling_cost, CAST(margin - cost_to_serve AS DECIMAL(18, 4)) AS contribution
FROM cell;
CREATE TABLE score.customer_profit AS
SELECT customer_key, sum(gross) AS gross, sum(gross - net) AS discount, CAST(0 AS DECIMAL(18, 4)) AS returned, CAST(0 AS DECIMAL(18, 4)) AS recovered, sum(net) AS net,
       sum(net_costed) AS net_costed, sum(net_costed - margin) AS cost, CAST(0 AS DECIMAL(18, 4)) AS inbound, sum(cost_to_serve) AS visits,
       CAST(0 AS DECIMAL(18, 4)) AS contacts, CAST(0 AS DECIMAL(18, 4)) AS tickets, CAST(0 AS DECIMAL(18, 4)) AS expenses, CAST(0 AS DECIMAL(18, 4)) AS handling,
       sum(cost_to_serve) AS cost_to_serve, CAST(0 AS DECIMAL(18, 4)) AS marketing, CAST(0 AS DECIMAL(18, 4)) AS commission, CAST(0 AS DECIMAL(18, 4)) AS capital,
       sum(contribution) AS contribution, 'visits' AS reason_1, CAST(400 AS DECIMAL(18, 4)) AS excess_1, '' AS reason_2, CAST(NULL AS DECIMAL(18, 4)) AS excess_2
FROM score.profit_cell
GROUP BY customer_key;
CREATE TABLE score.whale AS
WITH ranked AS (
    SELECT row_number() OVER (ORDER BY contribution DESC, customer_key) AS place, count(*) OVER () AS n,
           sum(contribution) OVER (ORDER BY contribution DESC, customer_key) AS profit
    FROM score.customer_profit
)
SELECT CAST(s.pct AS DOUBLE) / 100 AS share_of_customers, CAST(coalesce(max(r.place), 0) AS INTEGER) AS customers, CAST(coalesce(arg_max(r.profit, r.place), 0) AS DECIMAL(18, 4)) AS profit
FROM range(0, 101, 5) AS s (pct)
LEFT JOIN ranked AS r ON r.place * 100 <= s.pct * r.n
GROUP BY s.pct
