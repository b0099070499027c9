CREATE OR REPLACE TABLE score.basket_rule AS
SELECT
    s.level AS "level",
    CAST(s.rule_no AS INTEGER) AS "rule_no",
    a.name || coalesce(' + ' || b.name, '') || coalesce(' + ' || d.name, '') AS "antecedent",
    c.name AS "consequent",
    CAST(s.count AS INTEGER) AS "count",
    CAST(s.customers AS INTEGER) AS "customers",
    round(s.confidence, 6) AS "confidence",
    round(s.lift, 6) AS "lift",
    round(s.lift_by_size, 6) AS "lift_by_size",
    s.q AS "q",
    a.code || coalesce(' + ' || b.code, '') || coalesce(' + ' || d.code, '') AS "antecedent_code",
    c.code AS "consequent_code",
    a.name_zh || coalesce('＋' || b.name_zh, '') || coalesce('＋' || d.name_zh, '') AS "antecedent_zh",
    c.name_zh AS "consequent_zh",
    CAST(s.baskets AS INTEGER) AS "baskets",
    CAST(s.antecedent_count AS INTEGER) AS "antecedent_count",
    CAST(s.consequent_count AS INTEGER) AS "consequent_count",
    s.support AS "support",
    s.leverage AS "leverage",
    s.conviction AS "conviction",
    s.p AS "p",
    s.expected_by_size AS "expected_by_size",
    s.q_by_size AS "q_by_size",
    s.improvement AS "improvement",
    CAST(s.antecedent_1 AS INTEGER) AS "antecedent_key",
    CAST(s.antecedent_2 AS INTEGER) AS "antecedent_2_key",
    CAST(s.antecedent_3 AS INTEGER) AS "antecedent_3_key",
    CAST(s.consequent AS INTEGER) AS "consequent_key"
FROM temp.main.fitted AS s
LEFT JOIN feature.basket_item AS a ON a.kind = s.kind AND a.item = s.antecedent_1
LEFT JOIN feature.basket_item AS b ON b.kind = s.kind AND b.item = s.antecedent_2
LEFT JOIN feature.basket_item AS d ON d.kind = s.kind AND d.item = s.antecedent_3
LEFT JOIN feature.basket_item AS c ON c.kind = s.kind AND c.item = s.consequent
ORDER BY s.level_no, s.rule_no
