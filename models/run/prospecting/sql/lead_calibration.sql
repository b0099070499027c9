CREATE OR REPLACE TABLE score.lead_calibration AS
SELECT
    s.what AS "what",
    CAST(s.bin AS INTEGER) AS "bin",
    CAST(s.n AS INTEGER) AS "tested",
    s.probability AS "probability",
    s.rate AS "rate"
FROM temp.main.fitted AS s
ORDER BY "what", "bin"
