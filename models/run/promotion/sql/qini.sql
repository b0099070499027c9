CREATE OR REPLACE TABLE score.qini AS
SELECT CAST(s.campaign_key AS INTEGER) AS "campaign_key", s.method AS "method", s.share AS "share", s.gain AS "gain", s.random AS "random"
FROM temp.main.fitted AS s
ORDER BY "method", "share"
