-- What a model says of itself. Parameter: the model.
SELECT m.reading, m.reading_zh
FROM card.model AS m
WHERE m.model = ?
