-- Each month with what was bought up to its end: ever, in the twelve months that
-- end with it and in the twelve before.
CREATE OR REPLACE TEMP TABLE star_month_trail AS
SELECT m.customer_key, m.month, m.cut, m.is_past, r.last_order, r.threshold,
       coalesce(r.orders, 0) - coalesce(y.orders, 0) AS frequency_12m, coalesce(r.net, 0) - coalesce(y.net, 0) AS net_12m,
       coalesce(y.orders, 0) - coalesce(z.orders, 0) AS frequency_before, coalesce(y.net, 0) - coalesce(z.net, 0) AS net_before
FROM star_month m
ASOF LEFT JOIN star_month_running r ON r.customer_key = m.customer_key AND r.month <= m.month
ASOF LEFT JOIN star_month_running y ON y.customer_key = m.customer_key AND y.month <= m.year_before
ASOF LEFT JOIN star_month_running z ON z.customer_key = m.customer_key AND z.month <= m.two_years_before;

-- The state of every known customer at the end of every month: its tier now, a
-- month and a year before (0 none, 5 inactive), its scores (0 none), how long it
-- has been a customer. A state's key is made of its parts, so that it stays the
-- same whatever other states there are.
CREATE OR REPLACE TEMP TABLE star_month_state AS
WITH state AS (
    SELECT t.customer_key, t.month,
           coalesce(n.tier_no, 5) AS tier_no,
           CASE WHEN t.month_before >= t.first_month THEN coalesce(p.tier_no, 5) ELSE 0 END AS before_no,
           CASE WHEN t.year_before >= t.first_month THEN coalesce(y.tier_no, 5) ELSE 0 END AS year_ago_no,
           coalesce(n.r, 0) AS r, coalesce(n.f, 0) AS f, coalesce(n.m, 0) AS m,
           CASE WHEN o.first_order_date IS NULL OR o.first_order_date > t.cut THEN 0
                WHEN t.cut - o.first_order_date < 365 THEN 1
                WHEN t.cut - o.first_order_date < 730 THEN 2
                WHEN t.cut - o.first_order_date < 1826 THEN 3
                ELSE 4 END AS tenure_no
    FROM star_month t
    LEFT JOIN meta.star_month_rank n ON n.customer_key = t.customer_key AND n.month = t.month
    LEFT JOIN meta.star_month_rank p ON p.customer_key = t.customer_key AND p.month = t.month_before
    LEFT JOIN meta.star_month_rank y ON y.customer_key = t.customer_key AND y.month = t.year_before
    LEFT JOIN star_customer_owner o ON o.customer_key = t.customer_key
    WHERE t.is_past AND t.customer_key <> -1
)
SELECT customer_key, month, tier_no, before_no,
       CAST(((((((tier_no * 6 + before_no) * 6 + year_ago_no) * 6 + r) * 6 + f) * 6 + m) * 5 + tenure_no) AS INTEGER) AS state_key
FROM state;
