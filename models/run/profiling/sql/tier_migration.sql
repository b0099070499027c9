CREATE OR REPLACE TABLE score.tier_migration AS
SELECT
    m.basis,
    m.from_tier,
    m.from_tier_no,
    m.to_tier,
    m.to_tier_no,
    m.move,
    CAST(count(*) AS INTEGER) AS "customers",
    CAST(sum(m.value_before) AS DECIMAL(18, 4)) AS "value_before",
    CAST(sum(m.value_now) AS DECIMAL(18, 4)) AS "value_now"
FROM score.tier_move AS m
GROUP BY m.basis, m.from_tier, m.from_tier_no, m.to_tier, m.to_tier_no, m.move
ORDER BY m.basis, m.from_tier_no, m.to_tier_no
