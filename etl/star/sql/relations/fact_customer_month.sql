-- core.fact_customer_month: every customer in every month from its first fact
-- until 24 months after its last one, and in any case until it is lost: what it
-- ordered, sent back, asked and was asked, and what it brought and cost. Facts of
-- unknown customers stand at customer -1, which has no state and no life cycle.
-- Balances (is_open, frequency_12m and the like) are those at the end of the month,
-- in the as-of month those of the as-of date. A customer is new with its first
-- order, lost when it has not ordered for longer than its threshold, reactivated
-- by an order after that: open now = open before + new + reactivated - lost.
-- cost_to_serve = contacts and tickets by minutes and kilometres + expenses +
-- returns handled. contribution = margin_landed - cost_to_serve - marketing -
-- commission - capital; margins are of the lines whose cost is known, margin_landed
-- after freight, duty and handling where these are. It is NULL where a month's sales
-- have no known cost, and everywhere when no sale of any month has one.
CREATE OR REPLACE TABLE core.fact_customer_month AS
WITH month AS (
    SELECT t.customer_key, t.month, t.cut, t.is_past, t.last_order, t.threshold, t.frequency_12m, t.net_12m, t.frequency_before, t.net_before,
           t.customer_key <> -1 AND t.is_past AS is_judged
    FROM star_month_trail t
), costed AS (
    SELECT count(s.net_costed) > 0 AS any_cost FROM star_month_sale s
), summed AS (
    SELECT m.customer_key, m.month, m.cut, m.last_order, m.threshold, m.frequency_12m, m.net_12m, m.frequency_before, m.net_before, m.is_judged,
           coalesce(s.orders, 0) AS orders, coalesce(s.lines, 0) AS lines, coalesce(s.copies, 0) AS copies,
           coalesce(s.gross, 0) AS gross, coalesce(s.net, 0) AS net, s.margin, coalesce(h.margin, s.margin) AS margin_landed, s.net_costed,
           coalesce(r.returns, 0) AS returns, coalesce(r.copies_returned, 0) AS copies_returned, coalesce(r.value_returned, 0) AS value_returned,
           coalesce(a.contacts, 0) AS contacts, coalesce(a.visits, 0) AS visits, coalesce(a.calls_out, 0) AS calls_out, coalesce(a.calls_in, 0) AS calls_in,
           coalesce(a.meetings, 0) AS meetings, coalesce(a.mails, 0) AS mails, coalesce(a.km, 0) AS km,
           coalesce(g.messages, 0) AS messages, coalesce(w.sessions, 0) AS sessions,
           coalesce(k.tickets, 0) AS tickets, coalesce(k.complaints, 0) AS complaints,
           coalesce(a.minutes, 0) + coalesce(k.minutes, 0) AS minutes,
           coalesce(c.sent, 0) AS sent, coalesce(c.responded, 0) AS responded,
           coalesce(d.lines_due, 0) AS lines_due, coalesce(d.lines_on_time, 0) AS lines_on_time,
           coalesce(a.cost, 0) AS contact_cost, coalesce(k.cost, 0) AS ticket_cost, coalesce(x.amount, 0) AS expense_cost,
           coalesce(r.cost, 0) AS return_cost,
           coalesce(c.cost, 0) AS marketing_cost, coalesce(o.amount, 0) AS commission, coalesce(i.cost, 0) AS capital_cost,
           coalesce(u.came, 0) AS came, coalesce(u.back, 0) AS back, coalesce(u.went, 0) AS went
    FROM month m
    LEFT JOIN star_month_sale s ON s.customer_key = m.customer_key AND s.month = m.month
    LEFT JOIN star_month_landed h ON h.customer_key = m.customer_key AND h.month = m.month
    LEFT JOIN star_month_return r ON r.customer_key = m.customer_key AND r.month = m.month
    LEFT JOIN star_month_activity a ON a.customer_key = m.customer_key AND a.month = m.month
    LEFT JOIN star_month_message g ON g.customer_key = m.customer_key AND g.month = m.month
    LEFT JOIN star_month_session w ON w.customer_key = m.customer_key AND w.month = m.month
    LEFT JOIN star_month_ticket k ON k.customer_key = m.customer_key AND k.month = m.month
    LEFT JOIN star_month_campaign c ON c.customer_key = m.customer_key AND c.month = m.month
    LEFT JOIN star_month_due d ON d.customer_key = m.customer_key AND d.month = m.month
    LEFT JOIN star_month_expense x ON x.customer_key = m.customer_key AND x.month = m.month
    LEFT JOIN star_month_commission o ON o.customer_key = m.customer_key AND o.month = m.month
    LEFT JOIN star_month_capital i ON i.customer_key = m.customer_key AND i.month = m.month
    LEFT JOIN star_turn u ON u.customer_key = m.customer_key AND u.month = m.month
)
SELECT m.customer_key,
       CAST(EXTRACT(year FROM m.month) * 10000 + EXTRACT(month FROM m.month) * 100 + EXTRACT(day FROM m.month) AS INTEGER) AS date_key,
       m.month,
       coalesce(z.state_key, -1) AS state_key,
       coalesce(w.employee_key, -1) AS employee_key,
       coalesce(w.geo_key, -1) AS geo_key,
       coalesce(w.channel_key, -1) AS channel_key,
       m.orders, m.lines, m.copies,
       m.gross, m.net, m.margin, m.margin_landed,
       m.net_costed,
       m.returns, m.copies_returned, m.value_returned,
       m.contacts, m.visits, m.calls_out,
       m.calls_in, m.meetings, m.mails,
       m.messages, m.sessions,
       m.minutes, m.km,
       m.tickets, m.complaints,
       m.sent, m.responded,
       m.lines_due, m.lines_on_time,
       CAST(m.lines_due - m.lines_on_time AS INTEGER) AS lines_late,
       m.contact_cost, m.ticket_cost,
       m.expense_cost, m.return_cost,
       CAST(m.contact_cost + m.ticket_cost + m.expense_cost + m.return_cost AS DECIMAL(18, 4)) AS cost_to_serve,
       m.marketing_cost, m.commission,
       m.capital_cost,
       CASE WHEN n.any_cost AND (m.lines = 0 OR m.net_costed IS NOT NULL)
            THEN CAST(coalesce(m.margin_landed, 0) - m.contact_cost - m.ticket_cost - m.expense_cost - m.return_cost - m.marketing_cost - m.commission - m.capital_cost AS DECIMAL(18, 4)) END AS contribution,
       CASE WHEN m.is_judged AND m.cut >= m.last_order THEN CAST(m.cut - m.last_order AS INTEGER) END AS recency_days,
       CASE WHEN m.is_judged THEN m.threshold END AS lost_after_days,
       m.frequency_12m,
       m.net_12m,
       m.net_before AS net_before_12m,
       CASE WHEN m.is_judged AND m.frequency_before > 0 THEN m.net_12m ELSE 0 END AS net_retained_12m,
       CASE WHEN m.is_judged AND m.frequency_before > 0 THEN m.net_before ELSE 0 END AS net_before_active_12m,
       CASE WHEN m.customer_key <> -1 AND m.orders > 0 THEN 1 ELSE 0 END AS active,
       m.customer_key <> -1 AND m.orders > 0 AS is_active,
       CASE WHEN m.is_judged AND m.frequency_12m > 0 THEN 1 ELSE 0 END AS is_active_12m,
       CASE WHEN m.is_judged AND m.frequency_12m > 1 THEN 1 ELSE 0 END AS is_repeat_12m,
       CASE WHEN m.is_judged AND m.frequency_before > 0 THEN 1 ELSE 0 END AS was_active_12m,
       CASE WHEN m.is_judged AND m.frequency_before > 0 AND m.frequency_12m > 0 THEN 1 ELSE 0 END AS is_retained_12m,
       m.came AS is_new, m.back AS is_reactivated, m.went AS is_lost,
       CASE WHEN m.customer_key <> -1 AND m.last_order IS NOT NULL AND m.cut - m.last_order <= m.threshold THEN 1 ELSE 0 END AS is_open,
       CASE WHEN z.tier_no < z.before_no THEN 1 ELSE 0 END AS moved_up,
       CASE WHEN z.before_no > 0 AND z.tier_no > z.before_no THEN 1 ELSE 0 END AS moved_down,
       CASE WHEN m.customer_key <> -1 THEN 1 ELSE 0 END AS customers
FROM summed m
CROSS JOIN costed n
LEFT JOIN star_month_state z ON z.customer_key = m.customer_key AND z.month = m.month
LEFT JOIN star_customer_owner w ON w.customer_key = m.customer_key
ORDER BY m.month, m.customer_key;
