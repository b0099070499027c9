-- Titles: those of stage.title, or, when it was not supplied, those ordered or returned.
CREATE OR REPLACE TEMP TABLE star_title AS
WITH mentioned AS (
    SELECT l.title_id FROM stage.order_line l JOIN star_missing s ON s.table_name = 'title' WHERE l.title_id IS NOT NULL
    UNION
    SELECT r.title_id FROM stage.return_line r JOIN star_missing s ON s.table_name = 'title' WHERE r.title_id IS NOT NULL
), member AS (
    SELECT title_id, false AS is_inferred FROM stage.title
    UNION ALL
    SELECT title_id, true FROM mentioned
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.title_id) AS INTEGER) AS title_key, m.title_id, m.is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'title' AND place.id = CAST(m.title_id AS VARCHAR);
