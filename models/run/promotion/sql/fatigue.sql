CREATE OR REPLACE TABLE score.fatigue AS
SELECT
    s.counting AS "counting",
    CAST(s.contacts AS INTEGER) AS "contacts",
    CAST(s.messages AS INTEGER) AS "messages",
    s.rate AS "rate",
    s.low AS "low",
    s.high AS "high",
    s.ratio AS "ratio",
    s.ratio_low AS "ratio_low",
    s.ratio_high AS "ratio_high"
FROM temp.main.fitted AS s
ORDER BY "counting", "contacts"
