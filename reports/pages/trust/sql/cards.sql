-- Every card: what the model says, and of how many rows.
SELECT model, version, as_of, "rows", definition, reading, definition_zh, reading_zh
FROM card.model
ORDER BY rowid
