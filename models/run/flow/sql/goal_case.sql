-- What the eight goals are measured by, by month: hits among cases. Months that
-- are not over are left out, and those with fewer than a fifth of the cases of the
-- median month: where the data begin, only odd ones are there.
--   1 react faster            tickets first answered within 24 hours, of those answered or older
--   2 one face                resolved tickets that were solved at first contact
--   3 control in real time    lines due that came by the promised day
--   4 centred on information  customers of twelve months who were spoken to or written with, by customer and month
--   5 less loss by hand       copies ordered less those sent back damaged, wrong, late or twice
--   6 reach of the market     customers of twelve months whom a campaign reached, by customer and month
--   7 traceable index         net sales of those planned
--   8 decisions in figures    net sales of delivered lines whose full landed cost is known
-- Parameters: the as-of date, the first day after the last month that is over.
CREATE OR REPLACE TEMP TABLE goal_case AS
WITH span AS (
    SELECT CAST(? AS DATE) AS as_of, CAST(? AS DATE) AS ended
), contact AS (
    SELECT min(CASE WHEN contacts > 0 OR messages > 0 THEN month END) AS first_contact, min(CASE WHEN sent > 0 THEN month END) AS first_sent FROM core.fact_customer_month
), counted AS (
    SELECT 1 AS goal, date_trunc('month', k.date) AS month, CAST(sum(CASE WHEN k.response_hours <= 24 THEN 1 ELSE 0 END) AS DECIMAL(18, 4)) AS hits, CAST(count(*) AS DECIMAL(18, 4)) AS cases
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
    WHERE k.response_hours IS NOT NULL OR k.date < s.as_of - 1
    GROUP BY date_trunc('month', k.date)
    UNION ALL
    SELECT 2, date_trunc('month', k.date), sum(k.first_contact), sum(k.resolved) FROM core.fact_ticket AS k GROUP BY date_trunc('month', k.date)
    UNION ALL
    SELECT 3, date_trunc('month', f.promised_date), sum(CASE WHEN f.is_on_time THEN 1 ELSE 0 END), count(*) FROM core.fact_order_stage AS f WHERE f.is_due GROUP BY date_trunc('month', f.promised_date)
    UNION ALL
    SELECT 4, m.month, sum(CASE WHEN m.contacts > 0 OR m.messages > 0 THEN 1 ELSE 0 END), count(*)
    FROM core.fact_customer_month AS m
    CROSS JOIN contact AS c
    WHERE m.is_active_12m = 1 AND m.month >= c.first_contact
    GROUP BY m.month
    UNION ALL
    SELECT 5, month, sum(copies - faulty), sum(copies)
    FROM (SELECT date_trunc('month', order_date) AS month, qty AS copies, 0 AS faulty FROM core.fact_order_line
          UNION ALL
          SELECT date_trunc('month', return_date), 0, qty FROM core.fact_return WHERE reason IN ('damaged', 'wrong', 'late', 'duplicate')) AS t
    GROUP BY month
    UNION ALL
    SELECT 6, m.month, sum(CASE WHEN m.sent > 0 THEN 1 ELSE 0 END), count(*)
    FROM core.fact_customer_month AS m
    CROSS JOIN contact AS c
    WHERE m.is_active_12m = 1 AND m.month >= c.first_sent
    GROUP BY m.month
    UNION ALL
    SELECT 7, month, sum(sold), sum(planned)
    FROM (SELECT date_trunc('month', order_date) AS month, net AS sold, CAST(0 AS DECIMAL(18, 4)) AS planned FROM core.fact_order_line
          UNION ALL
          SELECT make_date(date_key // 10000, date_key // 100 % 100, 1), 0, net FROM core.fact_plan WHERE is_leading AND net IS NOT NULL) AS t
    GROUP BY month
    HAVING sum(planned) > 0
    UNION ALL
    SELECT 8, make_date(f.completed_date_key // 10000, f.completed_date_key // 100 % 100, 1), sum(CASE WHEN l.gross_margin IS NOT NULL THEN l.net ELSE 0 END), sum(l.net)
    FROM core.fact_order_stage AS f
    INNER JOIN core.fact_order_line AS l ON l.line_id = f.line_id
    WHERE f.completed_date_key > 0 AND f.is_complete
    GROUP BY make_date(f.completed_date_key // 10000, f.completed_date_key // 100 % 100, 1)
), over AS (
    SELECT c.goal, CAST(c.month AS DATE) AS month, c.hits, c.cases
    FROM counted AS c
    CROSS JOIN span AS s
    WHERE c.cases > 0 AND c.hits >= 0 AND c.month < s.ended
), usual AS (
    SELECT goal, quantile_disc(cases, 0.5) AS cases FROM over GROUP BY goal
)
SELECT o.goal, o.month, o.hits, o.cases
FROM over AS o
INNER JOIN usual AS u ON u.goal = o.goal
WHERE o.cases * 5 >= u.cases
