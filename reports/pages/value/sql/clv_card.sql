-- Figures and choices of the card by name.
SELECT name, value, CAST(NULL AS VARCHAR) AS words, CAST(NULL AS VARCHAR) AS words_zh
FROM card.metric
WHERE model = 'clv'
UNION ALL
SELECT name, TRY_CAST(value AS DOUBLE), value, value_zh
FROM card.parameter
WHERE model = 'clv'
ORDER BY name
