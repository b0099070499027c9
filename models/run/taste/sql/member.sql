-- The subjects each customer bought, with the type's base: what the favourite is
-- found among.
SELECT t.customer_key, c.clc_key AS subject, t."lines", t.weight, t.base, t.prior, CAST(n.weight AS DOUBLE) AS total, a.concentration
FROM score.taste AS t
JOIN core.dim_customer AS k ON k.customer_key = t.customer_key
JOIN core.dim_clc AS c ON c.code = t.member AND c.clc_key > 0
LEFT JOIN feature.taste_total AS n ON n.customer_key = t.customer_key AND n.kind = t.kind AND n.level = t.level
LEFT JOIN feature.taste_concentration AS a ON a.customer_type = coalesce(k.customer_type, '(none)') AND a.kind = t.kind AND a.level = t.level
WHERE t.kind = 'subject'
ORDER BY t.customer_key, c.clc_key;
