-- Profit by customer, class and region. Margins and returns are those of the
-- cell's own lines. Cost to serve is spread over a customer's cells by their
-- lines, marketing, commission and capital by their net sales, each running
-- total rounded, so that the cells of a customer add up to it to the last digit.
-- What is earned of a customer whose contribution cannot be told is NULL.
CREATE OR REPLACE TABLE score.profit_cell AS
WITH span AS (
    SELECT CAST(? AS DATE) AS first_month, CAST(date_trunc('month', r.as_of) + INTERVAL 1 MONTH AS DATE) AS end_day
    FROM meta.run AS r
), sold AS (
    SELECT l.customer_key, l.clc_key, l.geo_key, count(*) AS lines, sum(l.net) AS net, sum(l.gross) AS gross,
           sum(CASE WHEN l.cost IS NOT NULL THEN l.net END) AS net_costed, sum(coalesce(l.gross_margin, l.margin)) AS margin
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date >= s.first_month AND l.order_date < s.end_day AND l.customer_key <> -1
    GROUP BY l.customer_key, l.clc_key, l.geo_key
), own AS (
    SELECT coalesce(s.customer_key, b.customer_key) AS customer_key, coalesce(s.clc_key, b.clc_key) AS clc_key, coalesce(s.geo_key, b.geo_key) AS geo_key,
           coalesce(s.lines, 0) AS lines, coalesce(s.gross, 0) AS gross, coalesce(s.net, 0) AS net, s.net_costed, coalesce(s.margin, 0) AS margin,
           coalesce(b.returned, 0) AS returned, coalesce(b.recovered, 0) AS recovered
    FROM sold AS s
    FULL JOIN feature.returned AS b ON b.customer_key = s.customer_key AND b.clc_key = s.clc_key AND b.geo_key = s.geo_key
), cell AS (
    SELECT customer_key, clc_key, geo_key, lines, gross, net, net_costed, margin, returned, recovered FROM own
    UNION ALL
    SELECT p.customer_key, -1, coalesce(c.geo_key, -1), 0, 0, 0, NULL, 0, 0, 0
    FROM feature.customer_pl AS p
    LEFT JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
    ANTI JOIN own AS o ON o.customer_key = p.customer_key
), weighed AS (
    SELECT c.customer_key, c.clc_key, c.geo_key, c.lines, c.gross, c.net, c.net_costed, c.margin, c.returned, c.recovered,
           CASE WHEN sum(c.lines) OVER whole > 0 THEN CAST(sum(c.lines) OVER upto AS DOUBLE) / CAST(sum(c.lines) OVER whole AS DOUBLE)
                ELSE CAST(count(*) OVER upto AS DOUBLE) / CAST(count(*) OVER whole AS DOUBLE) END AS by_lines,
           CASE WHEN sum(greatest(c.net, 0)) OVER whole > 0 THEN CAST(sum(greatest(c.net, 0)) OVER upto AS DOUBLE) / CAST(sum(greatest(c.net, 0)) OVER whole AS DOUBLE)
                ELSE CAST(count(*) OVER upto AS DOUBLE) / CAST(count(*) OVER whole AS DOUBLE) END AS by_net
    FROM cell AS c
    WINDOW whole AS (PARTITION BY c.customer_key),
           upto AS (PARTITION BY c.customer_key ORDER BY c.clc_key, c.geo_key ROWS UNBOUNDED PRECEDING)
), shared AS (
    SELECT w.customer_key, w.clc_key, w.geo_key, w.lines, w.gross, w.net, w.net_costed, w.margin, w.returned, w.recovered,
           p.contribution IS NOT NULL AS is_known,
           CAST(CAST(p.cost_to_serve AS DOUBLE) * w.by_lines AS DECIMAL(18, 4)) AS served,
           CAST(CAST(p.marketing + p.commission + p.capital AS DOUBLE) * w.by_net AS DECIMAL(18, 4)) AS funded
    FROM weighed AS w
    INNER JOIN feature.customer_pl AS p ON p.customer_key = w.customer_key
)
SELECT h.customer_key, h.clc_key, h.geo_key, CAST(h.lines AS INTEGER) AS lines,
       CAST(h.gross AS DECIMAL(18, 4)) AS gross, CAST(h.net AS DECIMAL(18, 4)) AS net, CASE WHEN h.is_known THEN CAST(h.net_costed AS DECIMAL(18, 4)) END AS net_costed,
       h.is_known, CASE WHEN h.is_known THEN CAST(h.net - h.returned AS DECIMAL(18, 4)) END AS net_known,
       CAST(h.returned AS DECIMAL(18, 4)) AS returned, CASE WHEN h.is_known THEN CAST(h.margin - (h.returned - h.recovered) AS DECIMAL(18, 4)) END AS margin,
       CAST(h.served - coalesce(lag(h.served) OVER run, 0) AS DECIMAL(18, 4)) AS cost_to_serve,
       CAST(h.funded - coalesce(lag(h.funded) OVER run, 0) AS DECIMAL(18, 4)) AS selling_cost,
       CASE WHEN h.is_known THEN CAST(h.margin - (h.returned - h.recovered) - (h.served - coalesce(lag(h.served) OVER run, 0)) - (h.funded - coalesce(lag(h.funded) OVER run, 0)) AS DECIMAL(18, 4)) END AS contribution
FROM shared AS h
WINDOW run AS (PARTITION BY h.customer_key ORDER BY h.clc_key, h.geo_key)
ORDER BY h.customer_key, h.clc_key, h.geo_key
