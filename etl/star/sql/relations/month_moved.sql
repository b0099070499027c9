-- The month of the last build's as-of date: from it on, all may be different.
CREATE OR REPLACE TEMP TABLE star_was_month AS
SELECT CAST(date_trunc('month', as_of) AS DATE) AS month FROM star_was;

-- The customers whose months before it are others.
CREATE OR REPLACE TABLE due.moved_month_bound AS
WITH now AS (
    SELECT b.customer_key, b.first_month, least(b.last_month, CAST(w.month - INTERVAL 1 MONTH AS DATE)) AS last_month
    FROM star_month_bound b
    CROSS JOIN star_was_month w
    WHERE b.first_month < w.month
), was AS (
    SELECT f.customer_key, min(f.month) AS first_month, max(f.month) AS last_month
    FROM core.fact_customer_month f
    CROSS JOIN star_was_month w
    WHERE f.month < w.month
    GROUP BY f.customer_key
)
SELECT coalesce(n.customer_key, o.customer_key) AS customer_key
FROM now n
FULL JOIN was o ON o.customer_key = n.customer_key
WHERE o.first_month IS DISTINCT FROM n.first_month OR o.last_month IS DISTINCT FROM n.last_month;

-- The months whose customers are ranked anew: from the first on in which what
-- somebody had bought up to its end is different.
CREATE OR REPLACE TEMP TABLE star_month_ranked AS
SELECT c.month, c.year_before, c.cut
FROM star_calendar_month c
CROSS JOIN star_was_month w
CROSS JOIN (SELECT min(month) AS month FROM due.moved_month_running WHERE customer_key <> -1) m
WHERE c.is_past AND c.month >= least(w.month, coalesce(m.month, w.month));
