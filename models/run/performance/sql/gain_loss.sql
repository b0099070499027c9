-- What customers spent in a period beside the one before, and what came of them:
--   new, back   bought now and not before: never before at all, or once
--   lost        bought before and not now
--   up, down, even   bought in both
--   unknown     lines without a known customer
-- The changes add up to the change of all sales. Where a customer bought before,
-- rank_before is its place by it; like for like are those who bought in both.
-- Parameters: first and last days, before and now.
CREATE OR REPLACE TABLE score.gain_loss AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0, CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1
), line AS (
    SELECT l.customer_key,
           sum(CASE WHEN l.order_date BETWEEN s.from_0 AND s.to_0 THEN l.net ELSE 0 END) AS net_before,
           sum(CASE WHEN l.order_date BETWEEN s.from_1 AND s.to_1 THEN l.net ELSE 0 END) AS net_now,
           sum(CASE WHEN l.order_date BETWEEN s.from_0 AND s.to_0 THEN coalesce(l.gross_margin, l.margin) END) AS margin_before,
           sum(CASE WHEN l.order_date BETWEEN s.from_1 AND s.to_1 THEN coalesce(l.gross_margin, l.margin) END) AS margin_now,
           sum(CASE WHEN l.order_date BETWEEN s.from_0 AND s.to_0 THEN 1 ELSE 0 END) AS lines_before,
           sum(CASE WHEN l.order_date BETWEEN s.from_1 AND s.to_1 THEN 1 ELSE 0 END) AS lines_now,
           min(l.order_date) AS first_order, max(l.order_date) AS last_order
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date <= s.to_1
    GROUP BY l.customer_key
), judged AS (
    SELECT l.customer_key, l.net_before, l.net_now, l.margin_before, l.margin_now, l.lines_before, l.lines_now, l.first_order, l.last_order,
           CASE WHEN l.customer_key = -1 THEN 'unknown'
                WHEN l.lines_before = 0 AND l.first_order >= s.from_1 THEN 'new'
                WHEN l.lines_before = 0 THEN 'back'
                WHEN l.lines_now = 0 THEN 'lost'
                WHEN l.net_now > l.net_before THEN 'up'
                WHEN l.net_now < l.net_before THEN 'down'
                ELSE 'even' END AS status
    FROM line AS l
    CROSS JOIN span AS s
    WHERE l.lines_before > 0 OR l.lines_now > 0
), ranked AS (
    SELECT customer_key, row_number() OVER (ORDER BY net_before DESC, customer_key) AS rank_before
    FROM judged
    WHERE lines_before > 0 AND customer_key <> -1
)
SELECT j.customer_key, coalesce(c.channel_key, -1) AS channel_key, coalesce(c.geo_key, -1) AS geo_key, coalesce(c.owner_employee_key, -1) AS employee_key, k.status_key, j.status,
       CAST(j.net_before AS DECIMAL(18, 4)) AS net_before, CAST(j.net_now AS DECIMAL(18, 4)) AS net_now, CAST(j.net_now - j.net_before AS DECIMAL(18, 4)) AS change,
       CAST(j.margin_before AS DECIMAL(18, 4)) AS margin_before, CAST(j.margin_now AS DECIMAL(18, 4)) AS margin_now,
       CAST(j.lines_before AS INTEGER) AS lines_before, CAST(j.lines_now AS INTEGER) AS lines_now, j.first_order, j.last_order,
       j.lines_before > 0 AND j.lines_now > 0 AND j.customer_key <> -1 AS is_like_for_like, CAST(r.rank_before AS INTEGER) AS rank_before
FROM judged AS j
INNER JOIN score.spend_status AS k ON k.status = j.status
LEFT JOIN core.dim_customer AS c ON c.customer_key = j.customer_key
LEFT JOIN ranked AS r ON r.customer_key = j.customer_key
ORDER BY change, j.customer_key
