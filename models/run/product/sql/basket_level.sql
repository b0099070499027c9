CREATE OR REPLACE TABLE score.basket_level AS
SELECT
    s.level AS "level",
    DATE '1970-01-01' + CAST(s.from_day AS INTEGER) AS "from_date",
    CAST(s.baskets AS INTEGER) AS "baskets",
    CAST(s.items AS INTEGER) AS "items",
    CAST(s.frequent AS INTEGER) AS "frequent_items",
    CAST(s.least AS INTEGER) AS "min_count",
    s.confidence AS "min_confidence",
    CAST(s.longest AS INTEGER) AS "max_length",
    CAST(s.tests AS BIGINT) AS "tests",
    CAST(s.found AS INTEGER) AS "rules_found",
    CAST(s.kept AS INTEGER) AS "rules",
    CAST(s.control AS INTEGER) AS "control_rules",
    CAST(s.raised AS INTEGER) AS "raised"
FROM temp.main.fitted AS s
ORDER BY s.level_no
