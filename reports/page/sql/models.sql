-- The models of the run.
SELECT model, version, "rows", definition, reading
FROM card.model
ORDER BY model, version
