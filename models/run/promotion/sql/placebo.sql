CREATE OR REPLACE TABLE score.placebo AS
SELECT CAST(s.repetition AS INTEGER) AS "repetition", s.lift AS "lift", s.low AS "low", s.high AS "high", s.p AS "p", s.is_lift AS "is_lift"
FROM temp.main.fitted AS s
ORDER BY "repetition"
