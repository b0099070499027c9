CREATE OR REPLACE TABLE score.pull_forward AS
SELECT
    CAST(s.campaign_key AS INTEGER) AS "campaign_key",
    s.during AS "during",
    s.after AS "after",
    s.after_low AS "after_low",
    s.after_high AS "after_high",
    s.net AS "net",
    s.net_low AS "net_low",
    s.net_high AS "net_high",
    s.dip_p AS "dip_p",
    s.reading AS "reading",
    s.reading_zh AS "reading_zh"
FROM temp.main.fitted AS s
ORDER BY "campaign_key"
