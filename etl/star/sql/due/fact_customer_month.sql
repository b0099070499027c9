-- Months of customers to be made anew: those with other sums, all from the first
-- on up to which something else was bought, those of another place, and the month
-- and year after it; all of a customer whose months, region, channel, salesperson
-- or first order are others; and all from the month of the last build on.
SELECT customer_key, month FROM due.moved_month_sale
UNION
SELECT customer_key, month FROM due.moved_month_landed
UNION
SELECT customer_key, month FROM due.moved_month_return
UNION
SELECT customer_key, month FROM due.moved_month_activity
UNION
SELECT customer_key, month FROM due.moved_month_message
UNION
SELECT customer_key, month FROM due.moved_month_session
UNION
SELECT customer_key, month FROM due.moved_month_ticket
UNION
SELECT customer_key, month FROM due.moved_month_campaign
UNION
SELECT customer_key, month FROM due.moved_month_due
UNION
SELECT customer_key, month FROM due.moved_month_expense
UNION
SELECT customer_key, month FROM due.moved_month_commission
UNION
SELECT customer_key, month FROM due.moved_month_capital
UNION
SELECT customer_key, month FROM due.moved_turn
UNION
SELECT f.customer_key, f.month
FROM (SELECT customer_key, min(month) AS month FROM due.moved_month_running GROUP BY customer_key) m
JOIN core.fact_customer_month f ON f.customer_key = m.customer_key AND f.month >= m.month
UNION
SELECT customer_key, month FROM due.moved_month_rank
UNION
SELECT r.customer_key, c.month
FROM due.moved_month_rank r
JOIN star_calendar_month c ON c.month_before = r.month
UNION
SELECT r.customer_key, c.month
FROM due.moved_month_rank r
JOIN star_calendar_month c ON c.year_before = r.month
UNION
SELECT f.customer_key, f.month
FROM core.fact_customer_month f
WHERE f.customer_key IN (SELECT customer_key FROM due.moved_month_bound)
UNION
SELECT b.customer_key, c.month
FROM star_month_bound b
JOIN star_calendar_month c ON c.month BETWEEN b.first_month AND b.last_month
WHERE b.customer_key IN (SELECT customer_key FROM due.moved_month_bound)
UNION
SELECT f.customer_key, f.month
FROM core.fact_customer_month f
WHERE f.customer_key IN (SELECT customer_key FROM due.moved_owner)
UNION
SELECT f.customer_key, f.month
FROM core.fact_customer_month f
WHERE f.month >= (SELECT month FROM star_was_month)
UNION
SELECT b.customer_key, c.month
FROM star_month_bound b
JOIN star_calendar_month c ON c.month BETWEEN b.first_month AND b.last_month
WHERE c.month >= (SELECT month FROM star_was_month)
