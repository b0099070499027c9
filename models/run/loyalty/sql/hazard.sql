CREATE OR REPLACE TABLE score.hazard AS
SELECT
    s.model AS "model",
    CAST(s.place AS INTEGER) AS "place",
    s.covariate AS "covariate",
    s.covariate_en AS "covariate_en",
    s.covariate_zh AS "covariate_zh",
    CAST(s.months AS INTEGER) AS "months",
    CAST(s.losses AS INTEGER) AS "losses",
    s.hazard_ratio AS "hazard_ratio",
    s.lower AS "lower",
    s.upper AS "upper",
    s.p AS "p",
    s.proportional_p AS "proportional_p",
    s.note AS "note"
FROM temp.main.fitted AS s
ORDER BY "model" DESC, "place"
