-- New titles with most demand. Parameter: how many.
SELECT t.title, coalesce(t.title_zh, t.title), t.publisher, t.clc_primary, k.code, d.copies, d.low, d.high, d.to_order, d.customers
FROM score.title_demand AS d
INNER JOIN core.dim_title AS t ON t.title_key = d.title_key
LEFT JOIN core.dim_catalogue AS k ON k.catalogue_key = d.catalogue_key
WHERE d.place <= ?
ORDER BY d.place
