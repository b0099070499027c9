-- Listings of catalogues with what says how they sell: those whose 90 days are
-- over, of the last four years, and those of the current issues.
SELECT f.title_key, f.catalogue_key, f.issue_date AS issued, f.is_mature, CAST(f.copies_90 AS DOUBLE) AS copies, CAST(f.lines_90 AS DOUBLE) AS lines,
       dense_rank() OVER (ORDER BY coalesce(t.class_3, '')) - 1 AS class, dense_rank() OVER (ORDER BY t.publisher_key) - 1 AS publisher,
       dense_rank() OVER (ORDER BY coalesce(t.level, ''), t.is_textbook) - 1 AS level, dense_rank() OVER (ORDER BY coalesce(c.code, '')) - 1 AS code,
       CASE WHEN t.volume > 1 THEN 1 ELSE 0 END AS is_later
FROM core.fact_catalogue_listing AS f
INNER JOIN feature.offer_title AS t ON t.title_key = f.title_key
LEFT JOIN core.dim_catalogue AS c ON c.catalogue_key = f.catalogue_key
WHERE (f.is_mature AND f.issue_date > CAST($1 AS DATE) - 1461) OR f.issue_date > CAST($1 AS DATE) - 45
ORDER BY f.issue_date, f.catalogue_key, f.title_key
