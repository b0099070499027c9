-- From which day on the balances of a customer are made anew: that of the first
-- change, the first day that was not kept in the last build, and the first of all
-- where its region, channel, salesperson or credit limit is another.
CREATE OR REPLACE TEMP TABLE star_receivable_from AS
WITH customer AS (
    SELECT DISTINCT customer_key FROM star_receivable_event
), new_day AS (
    SELECT min(d.day) AS day
    FROM star_balance_day d
    JOIN due.moved_balance_day m ON m.date_key = d.date_key
)
SELECT customer_key, min(day) AS day
FROM (
    SELECT customer_key, day FROM due.moved_receivable_event
    UNION ALL
    SELECT c.customer_key, n.day
    FROM customer c
    JOIN new_day n ON n.day IS NOT NULL
    UNION ALL
    SELECT c.customer_key, DATE '0001-01-01'
    FROM customer c
    JOIN due.moved_owner m ON m.customer_key = c.customer_key
) f
GROUP BY customer_key;
