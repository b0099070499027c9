CREATE OR REPLACE TABLE score.tier_move AS
WITH valued AS (
    SELECT v.customer_key, v.basis, v.value, CAST(0 AS DECIMAL(18, 4)) AS before
    FROM feature.customer_value AS v
    UNION ALL
    SELECT v.customer_key, v.basis, CAST(0 AS DECIMAL(18, 4)), v.value
    FROM feature.customer_value_before AS v
    UNION ALL
    SELECT f.customer_key, 'rfm', f.monetary, CAST(0 AS DECIMAL(18, 4))
    FROM feature.rfm AS f
    UNION ALL
    SELECT f.customer_key, 'rfm', CAST(0 AS DECIMAL(18, 4)), f.monetary
    FROM feature.rfm_before AS f
), summed AS (
    SELECT v.customer_key, v.basis, CAST(sum(v.value) AS DECIMAL(18, 4)) AS value_now, CAST(sum(v.before) AS DECIMAL(18, 4)) AS value_before
    FROM valued AS v
    GROUP BY v.customer_key, v.basis
)
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    r.as_of,
    s.basis AS "basis",
    s.from_tier AS "from_tier",
    CAST(s.from_no AS INTEGER) AS "from_tier_no",
    s.to_tier AS "to_tier",
    CAST(s.to_no AS INTEGER) AS "to_tier_no",
    s.move AS "move",
    v.value_before AS "value_before",
    v.value_now AS "value_now"
FROM temp.main.fitted AS s
CROSS JOIN meta.run AS r
INNER JOIN summed AS v ON v.customer_key = s.customer_key AND v.basis = s.basis
ORDER BY "basis", "customer_key"
