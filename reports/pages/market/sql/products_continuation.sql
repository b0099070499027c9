-- Of those who had a volume of a series and ordered after the next was listed, the
-- share that took it; no row where there are none.
SELECT m.value
FROM card.metric AS m
WHERE m.model = 'basket' AND m.name = 'continuation'
