-- Ratings of twelve months: of tickets answered within a day and settled at the
-- first contact, beside the others; and the score of the surveys.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), ticket AS (
    SELECT t.csat, t.response_hours <= 24 AS is_quick, t.first_contact > 0 AS is_first
    FROM core.fact_ticket AS t
    CROSS JOIN run AS r
    WHERE t.rated > 0 AND t.csat IS NOT NULL AND t.date BETWEEN r.since AND r.as_of
)
SELECT count(*) AS found_n, CAST(sum(t.csat) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS all_x,
       CAST(sum(CASE WHEN t.is_quick THEN t.csat END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN t.is_quick THEN 1 END) AS DOUBLE), 0) AS quick_x,
       CAST(sum(CASE WHEN NOT t.is_quick THEN t.csat END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN NOT t.is_quick THEN 1 END) AS DOUBLE), 0) AS slow_x,
       CAST(sum(CASE WHEN t.is_first THEN t.csat END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN t.is_first THEN 1 END) AS DOUBLE), 0) AS first_x,
       CAST(sum(CASE WHEN NOT t.is_first THEN t.csat END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN NOT t.is_first THEN 1 END) AS DOUBLE), 0) AS later_x
FROM ticket AS t
