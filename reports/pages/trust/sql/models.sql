-- The models of the run.
SELECT model, version, "rows", definition, reading, definition_zh, reading_zh
FROM card.model
ORDER BY model, version
