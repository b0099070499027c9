-- feature.demand_publisher: the publishers forecast one by one: as many as given,
-- by net sales of the last 24 whole months, the largest first.
WITH sold AS (
    SELECT l.publisher_key, sum(l.net) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN feature.demand_span AS s
    WHERE l.publisher_key <> -1 AND l.order_date < s.end_date AND l.order_date >= CAST(s.end_date - INTERVAL 24 MONTH AS DATE)
    GROUP BY l.publisher_key
), placed AS (
    SELECT d.publisher_key, row_number() OVER (ORDER BY d.net DESC, d.publisher_key) AS place
    FROM sold AS d
)
SELECT p.publisher_key, CAST(p.place AS INTEGER) AS "place"
FROM placed AS p
WHERE p.place <= CAST(? AS INTEGER)
ORDER BY p.publisher_key
