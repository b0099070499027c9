CREATE OR REPLACE TABLE score.customer_completeness AS
WITH counted AS (
    SELECT k.customer_key, sum(k.is_counted) AS fields, sum(k.is_known) AS known,
           string_agg(k.field, ', ' ORDER BY k.place) FILTER (WHERE k.is_counted = 1 AND k.is_known = 0) AS missing
    FROM feature.customer_known AS k
    GROUP BY k.customer_key
)
SELECT
    n.customer_key,
    r.as_of,
    CAST(n.fields AS INTEGER) AS "fields",
    CAST(n.known AS INTEGER) AS "known",
    CASE WHEN n.fields > 0 THEN 100 * CAST(n.known AS DOUBLE) / CAST(n.fields AS DOUBLE) END AS "completeness",
    n.missing AS "missing",
    t.last_touch,
    t.touch,
    CAST(r.as_of - t.last_touch AS INTEGER) AS "days_since_touch",
    coalesce(t.last_touch, c.created_date, DATE '1900-01-01') < CAST(r.as_of - INTERVAL 24 MONTH AS DATE) AS "is_stale"
FROM counted AS n
INNER JOIN core.dim_customer AS c ON c.customer_key = n.customer_key
CROSS JOIN meta.run AS r
LEFT JOIN feature.customer_touch AS t ON t.customer_key = n.customer_key
ORDER BY n.customer_key
