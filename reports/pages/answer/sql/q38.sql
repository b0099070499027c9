-- Leads that were decided: share that ordered, by how soon they were contacted.
WITH lead AS (
    SELECT l.days_to_touch, l.ordered
    FROM core.fact_lead AS l
    CROSS JOIN meta.run AS r
    WHERE l.open = 0 AND l.touched > 0 AND l.days_to_touch IS NOT NULL AND l.date <= r.as_of
)
SELECT count(*) AS found_n, coalesce(sum(CASE WHEN l.days_to_touch <= 3 THEN 1 ELSE 0 END), 0) AS early_n, coalesce(sum(CASE WHEN l.days_to_touch > 7 THEN 1 ELSE 0 END), 0) AS late_n,
       CAST(sum(CASE WHEN l.days_to_touch <= 3 THEN l.ordered END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN l.days_to_touch <= 3 THEN 1 END) AS DOUBLE), 0) AS early_pct,
       CAST(sum(CASE WHEN l.days_to_touch > 7 THEN l.ordered END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN l.days_to_touch > 7 THEN 1 END) AS DOUBLE), 0) AS late_pct
FROM lead AS l
