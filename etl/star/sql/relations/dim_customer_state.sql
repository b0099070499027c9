-- core.dim_customer_state: the states that customers were in at the end of a
-- month; core.fact_customer_month says who was in which.
CREATE OR REPLACE TABLE core.dim_customer_state AS
WITH state AS (
    -- The parts of the key, as month_state.sql puts them together.
    SELECT state_key, state_key // 38880 AS tier_no, state_key // 6480 % 6 AS before_no, state_key // 1080 % 6 AS year_ago_no,
           state_key // 180 % 6 AS r, state_key // 30 % 6 AS f, state_key // 5 % 6 AS m, state_key % 5 AS tenure_no
    FROM (SELECT DISTINCT state_key FROM core.fact_customer_month WHERE state_key <> -1) k
), tier AS (
    SELECT tier_no, tier FROM (VALUES (1, 'top'), (2, 'major'), (3, 'ordinary'), (4, 'small'), (5, 'inactive')) AS t (tier_no, tier)
), tenure AS (
    SELECT tenure_no, tenure
    FROM (VALUES (0, 'no order yet'), (1, 'under 1 year'), (2, '1 to 2 years'), (3, '2 to 5 years'), (4, '5 years and more')) AS t (tenure_no, tenure)
), segment AS (
    SELECT r, fm, segment
    FROM (VALUES
        (1, 1, 'lost'), (1, 2, 'lost'), (1, 3, 'at_risk'), (1, 4, 'at_risk'), (1, 5, 'cannot_lose'),
        (2, 1, 'hibernating'), (2, 2, 'hibernating'), (2, 3, 'at_risk'), (2, 4, 'at_risk'), (2, 5, 'cannot_lose'),
        (3, 1, 'about_to_sleep'), (3, 2, 'about_to_sleep'), (3, 3, 'need_attention'), (3, 4, 'loyal'), (3, 5, 'loyal'),
        (4, 1, 'promising'), (4, 2, 'potential'), (4, 3, 'potential'), (4, 4, 'loyal'), (4, 5, 'champions'),
        (5, 1, 'new'), (5, 2, 'potential'), (5, 3, 'potential'), (5, 4, 'loyal'), (5, 5, 'champions')
    ) AS s (r, fm, segment)
)
SELECT s.state_key, t.tier, s.tier_no,
       b.tier AS previous_tier, CASE WHEN s.before_no > 0 THEN s.before_no END AS previous_tier_no,
       y.tier AS year_ago_tier, CASE WHEN s.year_ago_no > 0 THEN s.year_ago_no END AS year_ago_tier_no,
       CASE WHEN s.r = 0 THEN NULL ELSE CAST(s.r AS VARCHAR) || CAST(s.f AS VARCHAR) || CAST(s.m AS VARCHAR) END AS rfm_cell,
       CASE WHEN s.r > 0 THEN s.r END AS r_score, CASE WHEN s.f > 0 THEN s.f END AS f_score, CASE WHEN s.m > 0 THEN s.m END AS m_score,
       g.segment AS rfm_segment, e.tenure, s.tenure_no
FROM state s
JOIN tier t ON t.tier_no = s.tier_no
LEFT JOIN tier b ON b.tier_no = s.before_no
LEFT JOIN tier y ON y.tier_no = s.year_ago_no
JOIN tenure e ON e.tenure_no = s.tenure_no
LEFT JOIN segment g ON g.r = s.r AND g.fm = CASE WHEN s.f + s.m IN (2) THEN 1 WHEN s.f + s.m IN (3, 4) THEN 2 WHEN s.f + s.m IN (5, 6) THEN 3
                                                 WHEN s.f + s.m IN (7, 8) THEN 4 WHEN s.f + s.m IN (9, 10) THEN 5 END
UNION ALL
SELECT -1, '(unknown)', NULL, '(unknown)', NULL, '(unknown)', NULL, '(unknown)', NULL, NULL, NULL, '(unknown)', '(unknown)', NULL
ORDER BY state_key;
