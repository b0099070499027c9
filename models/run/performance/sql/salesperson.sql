-- The scorecard of salespeople over twelve calendar months: workload, sales and
-- contribution to profit. A row is a person with sales, contacts or expenses in
-- them, or whose accounts nobody else holds.
--   margin        net less landed cost where it is known, less cost
--   returns       value credited less what the copies had cost (scrapped copies recover nothing)
--   contribution  margin - returns - cost of contacts - expenses - commission
--   attainment    net of the whole months that have a target / those targets
--   orphans       accounts still on the name of a person who has left
--   finding       large and losing (top fifth by net), losing, left accounts, or none
--   customers_shared   whom others too have met or called in the last 90 days
--   contacts_during_ticket   while a question or complaint of the customer was open
--   quote_conflicts    prices quoted while another stood for the same customer and title
--   *_share       place among those with sales: the share of them below
-- Parameters: first day, last day, first day after the last whole month.
CREATE OR REPLACE TABLE score.salesperson AS
WITH span AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS DATE) AS whole_end
), ratio AS (
    SELECT CAST(sum(cost) AS DOUBLE) / CAST(sum(net) AS DOUBLE) AS cost_ratio
    FROM core.fact_order_line
    WHERE cost IS NOT NULL AND net > 0
), sold AS (
    SELECT l.employee_key, count(DISTINCT l.order_key) AS orders, count(*) AS lines, sum(l.qty) AS copies, sum(l.gross) AS gross, sum(l.discount) AS discount, sum(l.net) AS net,
           sum(CASE WHEN l.cost IS NOT NULL THEN l.net END) AS net_costed, sum(coalesce(l.gross_margin, l.margin)) AS margin,
           count(DISTINCT CASE WHEN l.customer_key <> -1 THEN l.customer_key END) AS buyers,
           sum(CASE WHEN l.order_date < s.whole_end THEN l.net ELSE 0 END) AS net_whole
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date BETWEEN s.first_day AND s.last_day
    GROUP BY l.employee_key
), sent_back AS (
    SELECT r.employee_key, r.value, r.qty, coalesce(r.disposition = 'scrap', false) AS is_scrapped, CASE WHEN NOT r.from_order_line THEN r.line_id END AS line_id
    FROM core.fact_return AS r
    CROSS JOIN span AS s
    WHERE r.return_date BETWEEN s.first_day AND s.last_day
), back AS (
    SELECT r.employee_key, sum(r.value) AS returned,
           sum(CASE WHEN r.is_scrapped THEN 0
                    WHEN l.cost IS NOT NULL AND l.qty > 0 THEN CAST(CAST(l.cost AS DOUBLE) / l.qty * r.qty AS DECIMAL(18, 4))
                    ELSE CAST(CAST(r.value AS DOUBLE) * coalesce(q.cost_ratio, 0) AS DECIMAL(18, 4)) END) AS recovered
    FROM sent_back AS r
    CROSS JOIN ratio AS q
    LEFT JOIN core.fact_order_line AS l ON l.line_id = r.line_id
    GROUP BY r.employee_key
), met AS (
    SELECT a.employee_key, sum(CASE WHEN k.type = 'visit' THEN 1 ELSE 0 END) AS visits, sum(CASE WHEN k.type IN ('call_out', 'call_in') THEN 1 ELSE 0 END) AS calls,
           count(*) AS contacts, sum(a.minutes) AS minutes, sum(a.cost) AS contact_cost, count(DISTINCT CASE WHEN a.customer_key <> -1 THEN a.customer_key END) AS customers_met,
           sum(a.during_ticket) AS contacts_during_ticket
    FROM core.fact_activity AS a
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
    CROSS JOIN span AS s
    WHERE a.date BETWEEN s.first_day AND s.last_day
    GROUP BY a.employee_key
), shared AS (
    SELECT a.customer_key
    FROM core.fact_activity AS a
    CROSS JOIN span AS s
    WHERE a.date > s.last_day - 90 AND a.date <= s.last_day AND a.customer_key <> -1 AND a.employee_key <> -1
    GROUP BY a.customer_key
    HAVING count(DISTINCT a.employee_key) > 1
), together AS (
    SELECT a.employee_key, count(DISTINCT a.customer_key) AS customers_shared
    FROM core.fact_activity AS a
    INNER JOIN shared AS h ON h.customer_key = a.customer_key
    CROSS JOIN span AS s
    WHERE a.date > s.last_day - 90 AND a.date <= s.last_day
    GROUP BY a.employee_key
), quoted AS (
    SELECT q.employee_key, count(*) AS quotes, sum(q.accepted) AS quotes_accepted, sum(q.conflicts) AS quote_conflicts
    FROM core.fact_quote AS q
    CROSS JOIN span AS s
    WHERE q.date BETWEEN s.first_day AND s.last_day
    GROUP BY q.employee_key
), spent AS (
    SELECT x.employee_key, sum(x.amount) AS expenses
    FROM core.fact_expense AS x
    CROSS JOIN span AS s
    WHERE x.expense_date BETWEEN s.first_day AND s.last_day AND NOT coalesce(x.is_people, false)
    GROUP BY x.employee_key
), earned AS (
    SELECT m.employee_key, sum(m.amount) AS commission
    FROM core.fact_commission AS m
    CROSS JOIN span AS s
    WHERE m.date_key BETWEEN CAST(strftime(s.first_day, '%Y%m%d') AS INTEGER) AND CAST(strftime(s.last_day, '%Y%m%d') AS INTEGER)
    GROUP BY m.employee_key
), aimed AS (
    SELECT t.employee_key, sum(t.net) AS target
    FROM core.fact_target AS t
    CROSS JOIN span AS s
    WHERE t.scope = 'salesperson' AND t.net IS NOT NULL AND t.date_key >= CAST(strftime(s.first_day, '%Y%m%d') AS INTEGER) AND t.date_key < CAST(strftime(s.whole_end, '%Y%m%d') AS INTEGER)
    GROUP BY t.employee_key
), held AS (
    SELECT owner_employee_key AS employee_key, count(*) AS accounts
    FROM core.dim_customer
    WHERE customer_key <> -1 AND owner_employee_key IS NOT NULL AND coalesce(status, '') NOT IN ('lost', 'merged')
    GROUP BY owner_employee_key
), orphaned AS (
    SELECT employee_key, count(*) AS orphans, sum(CASE WHEN is_fading THEN 1 ELSE 0 END) AS orphans_fading
    FROM score.orphan_account
    GROUP BY employee_key
), known AS (
    SELECT employee_key FROM sold UNION SELECT employee_key FROM met UNION SELECT employee_key FROM spent UNION SELECT employee_key FROM earned
    UNION SELECT employee_key FROM aimed UNION SELECT employee_key FROM orphaned
), scored AS (
    SELECT n.employee_key, coalesce(e.leave_date <= s.last_day, false) AS has_left, e.leave_date, coalesce(h.accounts, 0) AS accounts,
           coalesce(m.visits, 0) AS visits, coalesce(m.calls, 0) AS calls, coalesce(m.contacts, 0) AS contacts, coalesce(m.minutes, 0) AS minutes,
           coalesce(m.customers_met, 0) AS customers_met, coalesce(m.contacts_during_ticket, 0) AS contacts_during_ticket,
           coalesce(g.customers_shared, 0) AS customers_shared,
           coalesce(q.quotes, 0) AS quotes, coalesce(q.quotes_accepted, 0) AS quotes_accepted, coalesce(q.quote_conflicts, 0) AS quote_conflicts,
           coalesce(d.orders, 0) AS orders, coalesce(d.lines, 0) AS lines, coalesce(d.buyers, 0) AS buyers,
           CAST(coalesce(d.gross, 0) AS DECIMAL(18, 4)) AS gross, CAST(coalesce(d.discount, 0) AS DECIMAL(18, 4)) AS discount, CAST(coalesce(d.net, 0) AS DECIMAL(18, 4)) AS net,
           CAST(d.net_costed AS DECIMAL(18, 4)) AS net_costed, CAST(d.margin AS DECIMAL(18, 4)) AS margin,
           CAST(coalesce(b.returned, 0) AS DECIMAL(18, 4)) AS returned, CAST(coalesce(b.returned - b.recovered, 0) AS DECIMAL(18, 4)) AS return_loss,
           CAST(coalesce(m.contact_cost, 0) AS DECIMAL(18, 4)) AS contact_cost, CAST(coalesce(x.expenses, 0) AS DECIMAL(18, 4)) AS expenses, CAST(coalesce(c.commission, 0) AS DECIMAL(18, 4)) AS commission,
           CAST(t.target AS DECIMAL(18, 4)) AS target, CAST(coalesce(d.net_whole, 0) AS DECIMAL(18, 4)) AS net_whole,
           coalesce(o.orphans, 0) AS orphans, coalesce(o.orphans_fading, 0) AS orphans_fading
    FROM known AS n
    CROSS JOIN span AS s
    LEFT JOIN core.dim_employee AS e ON e.employee_key = n.employee_key
    LEFT JOIN sold AS d ON d.employee_key = n.employee_key
    LEFT JOIN back AS b ON b.employee_key = n.employee_key
    LEFT JOIN met AS m ON m.employee_key = n.employee_key
    LEFT JOIN together AS g ON g.employee_key = n.employee_key
    LEFT JOIN quoted AS q ON q.employee_key = n.employee_key
    LEFT JOIN spent AS x ON x.employee_key = n.employee_key
    LEFT JOIN earned AS c ON c.employee_key = n.employee_key
    LEFT JOIN aimed AS t ON t.employee_key = n.employee_key
    LEFT JOIN held AS h ON h.employee_key = n.employee_key
    LEFT JOIN orphaned AS o ON o.employee_key = n.employee_key
    WHERE n.employee_key IS NOT NULL
), counted AS (
    SELECT employee_key, has_left, leave_date, accounts, visits, calls, contacts, minutes, customers_met, contacts_during_ticket, customers_shared, quotes, quotes_accepted, quote_conflicts, orders, lines, buyers,
           gross, discount, net, net_costed, margin, returned, return_loss, contact_cost, expenses, commission, target, net_whole, orphans, orphans_fading,
           CASE WHEN lines = 0 OR net_costed IS NOT NULL THEN CAST(coalesce(margin, 0) - return_loss - contact_cost - expenses - commission AS DECIMAL(18, 4)) END AS contribution
    FROM scored
), placed AS (
    SELECT employee_key, percent_rank() OVER (ORDER BY contacts) AS workload_share, percent_rank() OVER (ORDER BY net) AS net_share,
           percent_rank() OVER (ORDER BY contribution NULLS FIRST) AS contribution_share, row_number() OVER (ORDER BY net DESC, employee_key) AS net_rank,
           row_number() OVER (ORDER BY contribution DESC NULLS LAST, employee_key) AS contribution_rank
    FROM counted
    WHERE lines > 0 AND employee_key <> -1
)
SELECT c.employee_key, c.has_left, c.leave_date, CAST(c.accounts AS INTEGER) AS accounts, CAST(c.visits AS INTEGER) AS visits, CAST(c.calls AS INTEGER) AS calls, CAST(c.contacts AS INTEGER) AS contacts,
       CAST(c.minutes AS INTEGER) AS minutes, CAST(c.customers_met AS INTEGER) AS customers_met, CAST(c.contacts_during_ticket AS INTEGER) AS contacts_during_ticket,
       CAST(c.customers_shared AS INTEGER) AS customers_shared,
       CAST(c.quotes AS INTEGER) AS quotes, CAST(c.quotes_accepted AS INTEGER) AS quotes_accepted, CAST(c.quote_conflicts AS INTEGER) AS quote_conflicts,
       CAST(c.orders AS INTEGER) AS orders, CAST(c.lines AS INTEGER) AS lines, CAST(c.buyers AS INTEGER) AS buyers,
       c.gross, c.discount, c.net, c.net_costed, c.margin, c.returned, c.return_loss, c.contact_cost, c.expenses, c.commission, c.contribution,
       CAST(c.discount AS DOUBLE) / nullif(CAST(c.gross AS DOUBLE), 0) AS discount_rate, c.target, c.net_whole,
       CASE WHEN c.target > 0 THEN CAST(c.net_whole AS DOUBLE) / CAST(c.target AS DOUBLE) END AS attainment,
       CAST(c.orphans AS INTEGER) AS orphans, CAST(c.orphans_fading AS INTEGER) AS orphans_fading,
       CASE WHEN p.net_share >= 0.8 AND c.contribution < 0 THEN 'large and losing'
            WHEN c.contribution < 0 THEN 'losing'
            WHEN c.orphans > 0 AND c.has_left THEN 'left accounts'
            ELSE '' END AS finding,
       CAST(p.net_rank AS INTEGER) AS net_rank, CAST(p.contribution_rank AS INTEGER) AS contribution_rank, p.workload_share, p.net_share, p.contribution_share
FROM counted AS c
LEFT JOIN placed AS p ON p.employee_key = c.employee_key
ORDER BY c.net DESC, c.employee_key
