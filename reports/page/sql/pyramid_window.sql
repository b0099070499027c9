-- The window the pyramid was computed over, where the model card says so.
SELECT name, "value"
FROM card.parameter
WHERE model = 'pyramid' AND name IN ('from', 'to')
ORDER BY name
