-- What the fit says.
SELECT m.reading, m.reading_zh FROM card.model AS m WHERE m.model = 'churn'
