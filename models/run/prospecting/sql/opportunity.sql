CREATE OR REPLACE TABLE score.opportunity AS
WITH whole AS (
    SELECT sum(CAST(coalesce(l.gross_margin, l.margin) AS DECIMAL(38, 4))) AS margin, sum(CASE WHEN l.cost IS NOT NULL THEN l.net END) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.order_date <= r.as_of
), rated AS (
    SELECT s.id, coalesce(m.margin_rate, CASE WHEN w.net > 0 THEN CAST(w.margin AS DOUBLE) / CAST(w.net AS DOUBLE) END) AS margin_rate
    FROM temp.main.fitted AS s
    INNER JOIN feature.opportunity AS f ON f.id = s.id
    CROSS JOIN whole AS w
    LEFT JOIN feature.customer_margin AS m ON m.customer_key = f.customer_key
)
SELECT
    s.id AS "opp_id",
    f.customer_key AS "customer_key",
    DATE '1970-01-01' + f.day_no AS "date",
    f.amount AS "amount",
    f.age_days AS "age_days",
    s.p AS "probability",
    s.p_left AS "probability_left",
    CAST(CAST(f.amount AS DOUBLE) * q.margin_rate AS DECIMAL(18, 4)) AS "margin_if_won",
    CAST(CAST(f.amount AS DOUBLE) * q.margin_rate * s.p_left AS DECIMAL(18, 4)) AS "expected_margin",
    s.basis AS "basis",
    s.reason_1 AS "reason_1",
    s.reason_2 AS "reason_2",
    s.reason_1_zh AS "reason_1_zh",
    s.reason_2_zh AS "reason_2_zh",
    CAST(row_number() OVER (ORDER BY CAST(CAST(f.amount AS DOUBLE) * q.margin_rate * s.p_left AS DECIMAL(18, 4)) DESC NULLS LAST, s.p_left DESC NULLS LAST, s.id) AS INTEGER) AS "place"
FROM temp.main.fitted AS s
INNER JOIN feature.opportunity AS f ON f.id = s.id
INNER JOIN rated AS q ON q.id = s.id
ORDER BY "place"
