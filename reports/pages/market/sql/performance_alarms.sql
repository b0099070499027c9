-- Effects out of the usual, the latest first. Parameter: how many quarters back.
SELECT b.comparison, b.effect, b.member, b.amount, b.rate_effect, b.low, b.high
FROM score.bridge AS b
JOIN (SELECT comparison, row_number() OVER (ORDER BY after_from DESC) AS age FROM score.bridge_comparison WHERE kind = 'quarter') AS q ON q.comparison = b.comparison
WHERE b.is_alarm AND q.age <= ?
ORDER BY q.age, b.level DESC, b.member, b.effect_no
