INSERT INTO score.pyramid
SELECT
    v.customer_key,
    r.as_of,
    v.basis,
    v.value,
    CAST(s."rank" AS INTEGER) AS "rank",
    s.share,
    s.cum_share,
    s.tier,
    CAST(s.tier_no AS INTEGER) AS "tier_no"
FROM feature.customer_value AS v
CROSS JOIN meta.run AS r
INNER JOIN temp.main.fitted AS s ON s.customer_key = v.customer_key
WHERE v.basis = ?
ORDER BY s."rank"
