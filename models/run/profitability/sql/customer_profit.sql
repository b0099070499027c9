CREATE OR REPLACE TABLE score.customer_profit AS
SELECT
    p.customer_key,
    r.as_of,
    p.orders,
    p.lines,
    p.copies,
    p.gross,
    p.discount,
    p.returned,
    p.recovered,
    CAST(p.gross - p.discount - p.returned AS DECIMAL(18, 4)) AS "net_sales",
    p.net,
    p.net_costed,
    p.cost,
    p.inbound,
    p.visits,
    p.contacts,
    p.tickets,
    p.expenses,
    p.handling,
    p.cost_to_serve,
    p.marketing,
    p.commission,
    p.capital,
    p.contribution,
    CAST(s."rank" AS INTEGER) AS "rank",
    CAST(s.cumulated AS DECIMAL(18, 4)) AS "cumulated",
    s.result AS "result",
    s.reason_1 AS "reason_1",
    CAST(s.excess_1 AS DECIMAL(18, 4)) AS "excess_1",
    s.reason_2 AS "reason_2",
    CAST(s.excess_2 AS DECIMAL(18, 4)) AS "excess_2"
FROM feature.customer_pl AS p
CROSS JOIN meta.run AS r
INNER JOIN temp.main.fitted AS s ON s.customer_key = p.customer_key
ORDER BY s."rank" NULLS LAST, p.customer_key
