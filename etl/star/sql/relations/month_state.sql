-- The state of every known customer at the end of every month: its place in the
-- pyramid of the month by net sales of the twelve months that end with it (bands of
-- 1, 5 and 20 % of those who bought, as score.pyramid), the cell of recency,
-- frequency and value up to then by quintiles (as score.rfm), and how long it has
-- been a customer.
CREATE OR REPLACE TEMP TABLE star_month_place AS
WITH placed AS (
    SELECT customer_key, month,
           row_number() OVER (PARTITION BY month ORDER BY net_12m DESC, customer_key) AS place,
           count(*) OVER (PARTITION BY month) AS n
    FROM star_month_trail
    WHERE is_past AND customer_key <> -1 AND net_12m > 0
)
SELECT customer_key, month,
       CASE WHEN place <= ceil(n * CAST(0.01 AS DOUBLE) - 1e-9) THEN 1
            WHEN place <= ceil(n * CAST(0.05 AS DOUBLE) - 1e-9) THEN 2
            WHEN place <= ceil(n * CAST(0.20 AS DOUBLE) - 1e-9) THEN 3
            ELSE 4 END AS tier_no
FROM placed;

-- Quintiles by mid-rank: (customers below + half of those equal) / all. Recency and
-- frequency have few values, so their places are worked out by value.
CREATE OR REPLACE TEMP TABLE star_month_buyer AS
SELECT customer_key, month, CAST(cut - last_purchase AS INTEGER) AS recency, frequency, monetary
FROM star_month_trail
WHERE is_past AND customer_key <> -1 AND frequency > 0;

CREATE OR REPLACE TEMP TABLE star_month_score AS
WITH size AS (
    SELECT month, count(*) AS n FROM star_month_buyer GROUP BY month
), r_count AS (
    SELECT month, recency, count(*) AS equal FROM star_month_buyer GROUP BY month, recency
), r_place AS (
    SELECT month, recency, equal, sum(equal) OVER (PARTITION BY month ORDER BY recency) - equal AS below FROM r_count
), f_count AS (
    SELECT month, frequency, count(*) AS equal FROM star_month_buyer GROUP BY month, frequency
), f_place AS (
    SELECT month, frequency, equal, sum(equal) OVER (PARTITION BY month ORDER BY frequency) - equal AS below FROM f_count
), m_place AS (
    SELECT customer_key, month, recency, frequency,
           rank() OVER (PARTITION BY month ORDER BY monetary) - 1 AS below,
           count(*) OVER (PARTITION BY month ORDER BY monetary) AS up_to
    FROM star_month_buyer
)
SELECT m.customer_key, m.month,
       6 - least(5, 1 + CAST(floor(5 * ((CAST(r.below AS DOUBLE) + CAST(r.equal AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS r,
       least(5, 1 + CAST(floor(5 * ((CAST(f.below AS DOUBLE) + CAST(f.equal AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS f,
       least(5, 1 + CAST(floor(5 * ((CAST(m.below AS DOUBLE) + CAST(m.up_to - m.below AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS m
FROM m_place m
JOIN size s ON s.month = m.month
JOIN r_place r ON r.month = m.month AND r.recency = m.recency
JOIN f_place f ON f.month = m.month AND f.frequency = m.frequency;

-- A state's key is made of its parts, so that it stays the same whatever other
-- states there are: tier, tier a month and a year before (0 none, 5 inactive),
-- scores (0 none), tenure.
CREATE OR REPLACE TEMP TABLE star_month_state AS
WITH tier AS (
    SELECT t.customer_key, t.month, t.is_kept, coalesce(p.tier_no, 5) AS tier_no, coalesce(s.r, 0) AS r, coalesce(s.f, 0) AS f, coalesce(s.m, 0) AS m,
           CASE WHEN o.first_order_date IS NULL OR o.first_order_date > t.cut THEN 0
                WHEN t.cut - o.first_order_date < 365 THEN 1
                WHEN t.cut - o.first_order_date < 730 THEN 2
                WHEN t.cut - o.first_order_date < 1826 THEN 3
                ELSE 4 END AS tenure_no
    FROM star_month_trail t
    LEFT JOIN star_month_place p ON p.customer_key = t.customer_key AND p.month = t.month
    LEFT JOIN star_month_score s ON s.customer_key = t.customer_key AND s.month = t.month
    LEFT JOIN star_customer_owner o ON o.customer_key = t.customer_key
    WHERE t.is_past AND t.customer_key <> -1
), moved AS (
    SELECT customer_key, month, is_kept, tier_no, r, f, m, tenure_no,
           coalesce(lag(tier_no) OVER (PARTITION BY customer_key ORDER BY month), 0) AS before_no,
           coalesce(lag(tier_no, 12) OVER (PARTITION BY customer_key ORDER BY month), 0) AS year_ago_no
    FROM tier
)
SELECT customer_key, month, tier_no, before_no, year_ago_no, r, f, m, tenure_no,
       CAST(((((((tier_no * 6 + before_no) * 6 + year_ago_no) * 6 + r) * 6 + f) * 6 + m) * 5 + tenure_no) AS INTEGER) AS state_key
FROM moved
WHERE is_kept;
