-- core.bridge_title_contributor: who made a title, one row for each name and
-- role, in the order of the title page. Names are compared as they are written.
CREATE OR REPLACE TABLE core.bridge_title_contributor AS
SELECT t.title_key, trim(c.name) AS name, coalesce(nullif(lower(trim(c.role)), ''), 'author') AS role, CAST(min(coalesce(c.seq, 1)) AS INTEGER) AS seq
FROM stage.title_contributor c
JOIN star_title t ON t.title_id = c.title_id
WHERE trim(c.name) <> '' AND NOT coalesce(c.is_deleted, false)
GROUP BY 1, 2, 3
ORDER BY 1, 4, 2, 3;
