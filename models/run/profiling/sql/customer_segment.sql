CREATE OR REPLACE TABLE score.customer_segment AS
WITH valued AS (
    SELECT v.customer_key, max(CASE WHEN v.basis = 'revenue' THEN v.value END) AS net, max(CASE WHEN v.basis = 'margin' THEN v.value END) AS margin
    FROM feature.customer_value AS v
    GROUP BY v.customer_key
)
SELECT
    c.customer_key,
    r.as_of,
    CAST(coalesce(v.net, 0) AS DECIMAL(18, 4)) AS "net",
    CAST(v.margin AS DECIMAL(18, 4)) AS "margin",
    CAST(coalesce(b.value, 0) AS DECIMAL(18, 4)) AS "net_before",
    p.contribution,
    l.clv,
    l.sales_to_come,
    y.loyalty,
    k.fields,
    k.known AS "known_fields",
    coalesce(k.is_stale, false) AS "is_stale",
    coalesce(v.net > 0, false) AS "is_buyer",
    coalesce(s.is_known, false) AS "has_habits"
FROM core.dim_customer AS c
CROSS JOIN meta.run AS r
LEFT JOIN valued AS v ON v.customer_key = c.customer_key
LEFT JOIN feature.customer_value_before AS b ON b.customer_key = c.customer_key AND b.basis = 'revenue'
LEFT JOIN score.customer_profit AS p ON p.customer_key = c.customer_key
LEFT JOIN score.clv AS l ON l.customer_key = c.customer_key
LEFT JOIN score.loyalty AS y ON y.customer_key = c.customer_key
LEFT JOIN score.customer_completeness AS k ON k.customer_key = c.customer_key
LEFT JOIN score.segment AS s ON s.customer_key = c.customer_key
WHERE c.customer_key <> -1
ORDER BY c.customer_key
