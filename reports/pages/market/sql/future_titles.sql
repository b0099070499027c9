-- Titles of which more copies are expected in twelve months than are in stock.
-- Parameter: how many.
SELECT t.title, f.copies_24, f.in_stock, f.copies_12, f.copies_12 - coalesce(f.in_stock, 0) AS missing, f.method
FROM score.forecast_title AS f
JOIN core.dim_title AS t ON t.title_key = f.title_key
WHERE f.copies_12 > coalesce(f.in_stock, 0)
ORDER BY missing DESC, f.title_key
LIMIT ?
