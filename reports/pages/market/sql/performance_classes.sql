-- The bridge of the last twelve months by subject, the largest changes first.
SELECT t.member, t.margin_before, sum(CASE WHEN b.effect = 'volume' THEN b.amount END) AS volume, sum(CASE WHEN b.effect IN ('mix', 'assortment') THEN b.amount END) AS mix,
       sum(CASE WHEN b.effect IN ('price', 'discount') THEN b.amount END) AS price, sum(CASE WHEN b.effect = 'currency' THEN b.amount END) AS currency,
       sum(CASE WHEN b.effect IN ('cost', 'inbound') THEN b.amount END) AS cost, sum(CASE WHEN b.effect = 'coverage' THEN b.amount END) AS coverage,
       t.margin_after, max(k.bucket_name_en) AS name_en, max(k.bucket_name_zh) AS name_zh
FROM score.bridge_total AS t
JOIN score.bridge AS b ON b.comparison = t.comparison AND b.level = t.level AND b.member = t.member
LEFT JOIN core.dim_clc AS k ON k.code = t.member AND k.bucket = t.member
WHERE t.comparison = 'last_12_months' AND t.level = 'class'
GROUP BY t.member, t.margin_before, t.margin_after
ORDER BY abs(t.margin_after - t.margin_before) DESC, t.member
