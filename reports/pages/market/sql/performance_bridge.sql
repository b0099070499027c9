-- The effects between them.
SELECT b.effect, sum(CASE WHEN b.comparison = 'last_12_months' THEN b.amount END) AS year_amount, max(CASE WHEN b.comparison = 'last_12_months' THEN b.rate_effect END) AS year_rate,
       sum(CASE WHEN b.comparison = 'year_to_date' THEN b.amount END) AS ytd_amount, max(CASE WHEN b.comparison = 'year_to_date' THEN b.rate_effect END) AS ytd_rate
FROM score.bridge AS b
WHERE b.level = 'total' AND b.comparison IN ('last_12_months', 'year_to_date')
GROUP BY b.effect_no, b.effect
ORDER BY b.effect_no
