-- What moved the margin of twelve months most against the twelve before, apart from
-- the amount sold and from lines whose cost is not known.
SELECT 1 AS n, abs(b.amount) AS amount, abs(b.amount) / nullif(abs(t.margin_before), 0) AS change, b.is_alarm AS alarm, '' AS id, '' AS name, '' AS kind, b.amount AS part, b.effect AS code
FROM score.bridge AS b
JOIN score.bridge_total AS t ON t.comparison = b.comparison AND t.level = b.level AND t.member = b.member
WHERE b.comparison = 'last_12_months' AND b.level = 'total' AND b.effect IN ('mix', 'assortment', 'price', 'discount', 'currency', 'cost', 'inbound')
ORDER BY abs(b.amount) DESC, b.effect_no
LIMIT 1
