-- The place of every known customer at the end of the months that are ranked: in
-- the pyramid of the month by net sales of the twelve months that end with it
-- (bands of 1, 5 and 20 % of those who bought, as score.pyramid), and its cell of
-- recency, frequency and value up to then by quintiles (as score.rfm).
--
-- Whom to look up is stored first, so that joins to come know how many they are.
CREATE OR REPLACE TEMP TABLE star_month_known AS
SELECT f.customer_key, c.month, c.year_before, c.cut
FROM (SELECT customer_key, min(month) AS month FROM star_month_running WHERE customer_key <> -1 GROUP BY customer_key) f
JOIN star_month_ranked c ON c.month >= f.month;

CREATE OR REPLACE TEMP TABLE star_month_buyer AS
SELECT k.customer_key, k.month, r.net - coalesce(y.net, 0) AS net_12m,
       CAST(k.cut - r.last_purchase AS INTEGER) AS recency, r.frequency, r.monetary
FROM star_month_known k
ASOF JOIN star_month_running r ON r.customer_key = k.customer_key AND r.month <= k.month
ASOF LEFT JOIN star_month_running y ON y.customer_key = k.customer_key AND y.month <= k.year_before;

CREATE OR REPLACE TEMP TABLE star_month_place AS
WITH placed AS (
    SELECT customer_key, month,
           row_number() OVER (PARTITION BY month ORDER BY net_12m DESC, customer_key) AS place,
           count(*) OVER (PARTITION BY month) AS n
    FROM star_month_buyer
    WHERE net_12m > 0
)
SELECT customer_key, month,
       CASE WHEN place <= ceil(n * CAST(0.01 AS DOUBLE) - 1e-9) THEN 1
            WHEN place <= ceil(n * CAST(0.05 AS DOUBLE) - 1e-9) THEN 2
            WHEN place <= ceil(n * CAST(0.20 AS DOUBLE) - 1e-9) THEN 3
            ELSE 4 END AS tier_no
FROM placed;

-- Quintiles by mid-rank: (customers below + half of those equal) / all. Recency and
-- frequency have few values, so their places are worked out by value.
CREATE OR REPLACE TEMP TABLE star_month_score AS
WITH buyer AS (
    SELECT customer_key, month, recency, frequency, monetary FROM star_month_buyer WHERE frequency > 0
), size AS (
    SELECT month, count(*) AS n FROM buyer GROUP BY month
), r_count AS (
    SELECT month, recency, count(*) AS equal FROM buyer GROUP BY month, recency
), r_place AS (
    SELECT month, recency, equal, sum(equal) OVER (PARTITION BY month ORDER BY recency) - equal AS below FROM r_count
), f_count AS (
    SELECT month, frequency, count(*) AS equal FROM buyer GROUP BY month, frequency
), f_place AS (
    SELECT month, frequency, equal, sum(equal) OVER (PARTITION BY month ORDER BY frequency) - equal AS below FROM f_count
), m_place AS (
    SELECT customer_key, month, recency, frequency,
           rank() OVER (PARTITION BY month ORDER BY monetary) - 1 AS below,
           count(*) OVER (PARTITION BY month ORDER BY monetary) AS up_to
    FROM buyer
)
SELECT m.customer_key, m.month,
       6 - least(5, 1 + CAST(floor(5 * ((CAST(r.below AS DOUBLE) + CAST(r.equal AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS r,
       least(5, 1 + CAST(floor(5 * ((CAST(f.below AS DOUBLE) + CAST(f.equal AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS f,
       least(5, 1 + CAST(floor(5 * ((CAST(m.below AS DOUBLE) + CAST(m.up_to - m.below AS DOUBLE) / 2) / CAST(s.n AS DOUBLE))) AS INTEGER)) AS m
FROM m_place m
JOIN size s ON s.month = m.month
JOIN r_place r ON r.month = m.month AND r.recency = m.recency
JOIN f_place f ON f.month = m.month AND f.frequency = m.frequency;

CREATE OR REPLACE TEMP TABLE star_month_rank AS
SELECT b.customer_key, b.month,
       CAST(coalesce(p.tier_no, 5) AS INTEGER) AS tier_no,
       CAST(coalesce(s.r, 0) AS INTEGER) AS r, CAST(coalesce(s.f, 0) AS INTEGER) AS f, CAST(coalesce(s.m, 0) AS INTEGER) AS m
FROM star_month_buyer b
LEFT JOIN star_month_place p ON p.customer_key = b.customer_key AND p.month = b.month
LEFT JOIN star_month_score s ON s.customer_key = b.customer_key AND s.month = b.month;
