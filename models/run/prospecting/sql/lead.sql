CREATE OR REPLACE TABLE score.lead AS
SELECT
    s.id AS "lead_id",
    DATE '1970-01-01' + f.day_no AS "date",
    l.date_key AS "date_key",
    l.geo_key AS "geo_key",
    l.lead_kind_key AS "lead_kind_key",
    f.lead_source AS "lead_source",
    f.area AS "area",
    f.age_days AS "age_days",
    s.p AS "probability",
    s.p_left AS "probability_left",
    CAST(s.p_left AS DECIMAL(18, 4)) AS "expected_orders",
    v.margin_year AS "margin_if_won",
    CAST(s.p_left * v.margin_year AS DECIMAL(18, 4)) AS "expected_margin",
    s.basis AS "basis",
    s.reason_1 AS "reason_1",
    s.reason_2 AS "reason_2",
    s.reason_1_zh AS "reason_1_zh",
    s.reason_2_zh AS "reason_2_zh",
    CAST(row_number() OVER (ORDER BY CAST(s.p_left * v.margin_year AS DECIMAL(18, 4)) DESC NULLS LAST, s.p_left DESC NULLS LAST, s.id) AS INTEGER) AS "place"
FROM temp.main.fitted AS s
INNER JOIN feature.lead AS f ON f.id = s.id
INNER JOIN core.fact_lead AS l ON l.lead_id = s.id
LEFT JOIN feature.lead_value AS v ON v.lead_source = f.lead_source
ORDER BY "place"
