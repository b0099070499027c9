CREATE OR REPLACE TABLE score.segment_profile AS
SELECT
    CAST(s.segment AS INTEGER) AS "segment",
    s.name AS "name",
    s.name_zh AS "name_zh",
    CAST(s.customers AS INTEGER) AS "customers",
    s.share AS "share",
    s.found_again AS "found_again",
    s.verdict AS "verdict",
    s.feature AS "feature",
    s.feature_en AS "feature_en",
    s.feature_zh AS "feature_zh",
    s.unit AS "unit",
    s.is_used AS "is_used",
    CAST(s.place AS INTEGER) AS "place",
    s.mean AS "mean",
    s.others_mean AS "others_mean",
    s.difference AS "difference"
FROM temp.main.fitted AS s
ORDER BY "segment", "place"
