-- Pairs that the search for duplicates holds for one, and the planted pairs of
-- which both are still in the records.
WITH planted AS (
    SELECT least(CAST(t.customer_id AS VARCHAR), CAST(t.duplicate_id AS VARCHAR)) AS a, greatest(CAST(t.customer_id AS VARCHAR), CAST(t.duplicate_id AS VARCHAR)) AS b
    FROM truth_duplicate t
    WHERE NOT t.merged
), reported AS (
    SELECT DISTINCT least(CAST(customer_id AS VARCHAR), CAST(duplicate_id AS VARCHAR)) AS a, greatest(CAST(customer_id AS VARCHAR), CAST(duplicate_id AS VARCHAR)) AS b
    FROM meta.duplicate_candidate
    WHERE grade <> 'possible'
), n AS (
    SELECT (SELECT count(*) FROM planted) AS planted, (SELECT count(*) FROM reported) AS reported,
           (SELECT count(*) FROM reported r JOIN planted p ON p.a = r.a AND p.b = r.b) AS hit
)
SELECT CASE WHEN planted > 0 THEN printf('%d pairs', planted) END AS planted,
       printf('precision %.3f, recall %.3f', hit / CAST(greatest(reported, 1) AS DOUBLE), hit / CAST(greatest(planted, 1) AS DOUBLE)) AS found,
       hit >= 0.95 * reported AND hit >= 0.8 * planted AS accepted
FROM n
