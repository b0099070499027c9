-- Accounts without an owner and what is open with them, for whoever takes over.
CREATE OR REPLACE TABLE score.orphan_account AS
WITH today AS (
    SELECT as_of FROM meta.run
), open_order AS (
    SELECT f.customer_key, count(*) AS open_lines, sum(f.open_value) AS open_value, min(f.promised_date) AS next_promised, sum(CASE WHEN f.is_overdue THEN 1 ELSE 0 END) AS overdue_lines
    FROM core.fact_order_stage AS f
    WHERE f.is_open
    GROUP BY f.customer_key
), quoted AS (
    SELECT q.customer_key, count(*) AS open_quotes, max(q.valid_to) AS quotes_until
    FROM core.fact_quote AS q
    CROSS JOIN today AS t
    WHERE q.pending > 0 AND q.date <= t.as_of
    GROUP BY q.customer_key
), pipeline AS (
    SELECT o.customer_key, count(*) AS open_opportunities, sum(o.amount_open) AS opportunity_amount
    FROM core.fact_opportunity AS o
    WHERE o.open > 0
    GROUP BY o.customer_key
), met AS (
    SELECT a.customer_key, max(a.date) AS last_contact, sum(CASE WHEN a.next_step_date > t.as_of OR a.date > t.as_of - 180 THEN a.promises ELSE 0 END) AS promises,
           min(CASE WHEN a.next_step_date >= t.as_of THEN a.next_step_date END) AS next_step
    FROM core.fact_activity AS a
    CROSS JOIN today AS t
    WHERE a.date <= t.as_of
    GROUP BY a.customer_key
), asked AS (
    SELECT k.customer_key, sum(k.open) AS open_tickets
    FROM core.fact_ticket AS k
    GROUP BY k.customer_key
), owed AS (
    SELECT v.customer_key, sum(v.overdue) AS overdue
    FROM core.fact_receivable AS v
    GROUP BY v.customer_key
)
SELECT a.customer_key, a.employee_key, a.leave_date, CAST(a.net_before AS DECIMAL(18, 4)) AS net_before, CAST(a.net_since AS DECIMAL(18, 4)) AS net_since,
       CAST(a.orders_since AS INTEGER) AS orders_since, f.expected AS orders_expected, f.p AS p_by_chance, f.is_fading, a.last_order,
       CAST(coalesce(o.open_lines, 0) AS INTEGER) AS open_lines, CAST(coalesce(o.open_value, 0) AS DECIMAL(18, 4)) AS open_value, o.next_promised, CAST(coalesce(o.overdue_lines, 0) AS INTEGER) AS overdue_lines,
       CAST(coalesce(q.open_quotes, 0) AS INTEGER) AS open_quotes, q.quotes_until, CAST(coalesce(p.open_opportunities, 0) AS INTEGER) AS open_opportunities,
       CAST(coalesce(p.opportunity_amount, 0) AS DECIMAL(18, 4)) AS opportunity_amount, m.last_contact, CAST(coalesce(m.promises, 0) AS INTEGER) AS promises, m.next_step,
       CAST(coalesce(k.open_tickets, 0) AS INTEGER) AS open_tickets, CAST(coalesce(v.overdue, 0) AS DECIMAL(18, 4)) AS overdue
FROM orphan_course AS a
INNER JOIN temp.main.fitted AS f ON f.customer_key = a.customer_key
LEFT JOIN open_order AS o ON o.customer_key = a.customer_key
LEFT JOIN quoted AS q ON q.customer_key = a.customer_key
LEFT JOIN pipeline AS p ON p.customer_key = a.customer_key
LEFT JOIN met AS m ON m.customer_key = a.customer_key
LEFT JOIN asked AS k ON k.customer_key = a.customer_key
LEFT JOIN owed AS v ON v.customer_key = a.customer_key
ORDER BY a.employee_key, net_before DESC, a.customer_key
