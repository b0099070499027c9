CREATE OR REPLACE TABLE score.life_cycle AS
SELECT
    s.by AS "by",
    s.code AS "code",
    s.name AS "name",
    s.name_zh AS "name_zh",
    CAST(s.titles AS INTEGER) AS "titles",
    CAST(s.lines AS INTEGER) AS "lines",
    s.half_life AS "half_life_days",
    s.low AS "low",
    s.high AS "high",
    CAST(s.watched AS INTEGER) AS "watched_titles",
    s.to_30 AS "share_30",
    s.to_90 AS "share_90",
    s.to_180 AS "share_180",
    s.to_365 AS "share_365",
    nullif(s.reason, '') AS "reason"
FROM temp.main.fitted AS s
ORDER BY s.no
