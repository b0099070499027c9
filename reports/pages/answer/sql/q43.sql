-- Survey answers of twelve months and of the twelve before.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), answer AS (
    SELECT s.answers, s.score, s.promoters - s.detractors AS net, s.date >= r.since AS is_now
    FROM core.fact_survey AS s
    CROSS JOIN run AS r
    WHERE s.date BETWEEN CAST(r.since - INTERVAL 12 MONTH AS DATE) AND r.as_of
)
SELECT coalesce(sum(CASE WHEN a.is_now THEN a.answers END), 0) AS found_n, CAST(sum(CASE WHEN a.is_now THEN a.score END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN a.is_now AND a.score IS NOT NULL THEN 1 END) AS DOUBLE), 0) AS mean_x,
       CAST(sum(CASE WHEN a.is_now THEN a.net END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN a.is_now THEN a.answers END) AS DOUBLE), 0) AS nps_points,
       coalesce(sum(CASE WHEN NOT a.is_now THEN a.answers END), 0) AS before_n,
       CAST(sum(CASE WHEN NOT a.is_now THEN a.net END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN NOT a.is_now THEN a.answers END) AS DOUBLE), 0) AS before_points
FROM answer AS a
