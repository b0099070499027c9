CREATE OR REPLACE TABLE score.customer_place AS
SELECT
    c.customer_key,
    r.as_of,
    s.segment AS "segment_no",
    s.name AS "segment",
    s.name_zh AS "segment_zh",
    y.status AS "loyalty_status",
    m.move
FROM core.dim_customer AS c
CROSS JOIN meta.run AS r
LEFT JOIN score.segment AS s ON s.customer_key = c.customer_key
LEFT JOIN score.loyalty AS y ON y.customer_key = c.customer_key
LEFT JOIN score.tier_move AS m ON m.customer_key = c.customer_key AND m.basis = 'revenue'
WHERE c.customer_key <> -1
ORDER BY c.customer_key
