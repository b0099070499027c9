-- Partners beside customers served directly: the twelve months, by who buys; no
-- contribution where the cost of nothing that was sold is known. Parameters: first and last day.
WITH span AS (SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1), way AS (
    SELECT c.customer_key, CASE WHEN c.customer_type = 'agent' OR k.kind = 'agent' THEN 'agent' WHEN c.customer_type = 'individual' OR c.customer_type = 'reader' THEN 'reader' ELSE 'organisation' END AS way
    FROM core.dim_customer AS c
    LEFT JOIN core.dim_channel AS k ON k.channel_key = c.channel_key
    WHERE c.customer_key <> -1
), sold AS (
    SELECT w.way, sum(l.gross) AS gross, sum(l.discount) AS discount
    FROM core.fact_order_line AS l
    JOIN way AS w ON w.customer_key = l.customer_key
    CROSS JOIN span AS s
    WHERE l.order_date BETWEEN s.from_1 AND s.to_1
    GROUP BY w.way
)
SELECT w.way, count(DISTINCT CASE WHEN m.lines > 0 THEN m.customer_key END) AS customers, sum(m.net) AS net, sum(m.value_returned) AS returned, any_value(d.gross), any_value(d.discount), sum(coalesce(m.margin_landed, m.margin)) AS margin, sum(m.cost_to_serve) AS serve,
       sum(m.marketing_cost) AS marketing, sum(m.commission) AS commission, sum(m.capital_cost) AS capital, CASE WHEN sum(m.lines) = 0 OR count(m.margin) > 0 THEN sum(m.contribution) END AS contribution
FROM core.fact_customer_month AS m
JOIN way AS w ON w.customer_key = m.customer_key
CROSS JOIN span AS s
LEFT JOIN sold AS d ON d.way = w.way
WHERE m.month BETWEEN s.from_1 AND s.to_1
GROUP BY w.way
ORDER BY net DESC NULLS LAST, w.way
