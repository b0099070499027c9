-- Partners by what they kept, with what they cost over the twelve months. Parameters: first and last day, how many.
WITH span AS (SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1), cost AS (
    SELECT m.customer_key, sum(m.cost_to_serve) AS serve, sum(m.commission) AS commission, CASE WHEN sum(m.lines) = 0 OR count(m.margin) > 0 THEN sum(m.contribution) END AS contribution
    FROM core.fact_customer_month AS m
    CROSS JOIN span AS s
    WHERE m.month BETWEEN s.from_1 AND s.to_1
    GROUP BY m.customer_key
), sold AS (
    SELECT l.customer_key, sum(l.gross) AS gross, sum(l.discount) AS discount
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date BETWEEN s.from_1 AND s.to_1
    GROUP BY l.customer_key
)
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, p.net, p.returned, p.net_after_returns, p.margin, CASE WHEN d.gross <> 0 THEN CAST(d.discount AS DOUBLE) / CAST(d.gross AS DOUBLE) END AS discount, k.commission, k.contribution,
       p.return_rate, p.return_rate_before, p.finding, p.sell_in_rank, p.kept_rank
FROM score.partner AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = p.geo_key
LEFT JOIN cost AS k ON k.customer_key = p.customer_key
LEFT JOIN sold AS d ON d.customer_key = p.customer_key
WHERE p.kept_rank <= ? OR p.finding <> ''
ORDER BY p.kept_rank
