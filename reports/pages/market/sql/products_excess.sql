-- Titles with most stock beyond twelve months' demand. Parameter: how many.
SELECT t.title, c.bucket_name_en, c.bucket_name_zh, t.phase, t.stock, t.stock_value, t.excess_value, coalesce(t.copies_issued, t.copies) AS asked, t.idle_days, t.is_dead
FROM score.title AS t
LEFT JOIN core.dim_clc AS c ON c.clc_key = t.clc_key AND c.clc_key <> -1
WHERE t.excess_value > 0
ORDER BY t.excess_value DESC, t.title_key
LIMIT ?
