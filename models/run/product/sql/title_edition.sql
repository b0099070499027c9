-- feature.title_edition: titles and the next edition of the same work listed after
-- them.
CREATE OR REPLACE TABLE feature.title_edition AS
WITH edition AS (
    SELECT t.title_key, t.work_id, t.clc_key, t.level, coalesce(t.first_listed, t.pub_date) AS listed,
           lead(t.title_key) OVER (PARTITION BY t.work_id ORDER BY coalesce(t.first_listed, t.pub_date), t.title_key) AS newer_key,
           lead(coalesce(t.first_listed, t.pub_date)) OVER (PARTITION BY t.work_id ORDER BY coalesce(t.first_listed, t.pub_date), t.title_key) AS newer_listed
    FROM core.dim_title AS t
    WHERE t.title_key <> -1 AND t.work_id IS NOT NULL AND coalesce(t.first_listed, t.pub_date) IS NOT NULL
)
SELECT e.title_key, e.newer_key, e.listed, e.newer_listed, e.clc_key, e.level
FROM edition AS e
CROSS JOIN meta.run AS r
WHERE e.newer_key IS NOT NULL AND e.newer_listed <= r.as_of
ORDER BY e.title_key
