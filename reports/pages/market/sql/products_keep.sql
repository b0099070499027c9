-- Titles worth keeping in stock: of class A, steady or varying, not fading, and with
-- less than a quarter's cover, best-selling first. Parameter: how many.
SELECT t.title, c.bucket_name_en, c.bucket_name_zh, t.xyz, t.phase, t.monthly_mean, t.net, t.stock, t.cover_days
FROM score.title AS t
LEFT JOIN core.dim_clc AS c ON c.clc_key = t.clc_key AND c.clc_key <> -1
WHERE t.abc = 'A' AND t.xyz IN ('X', 'Y') AND t.phase IN ('growth', 'mature') AND (t.stock IS NULL OR t.stock <= 0 OR t.cover_days < 90)
ORDER BY t.net DESC, t.title_key
LIMIT ?
