-- The moments that the concentration of each type rests on: within, the mean
-- chance over customers that two of their lines are of one member, and between,
-- that of two lines of the type. Order: type, kind, level.
WITH within AS (
    SELECT customer_type, kind, level, count(*) AS customers,
           CAST(sum(CAST(CAST(same AS DOUBLE) / (CAST("lines" AS DOUBLE) * ("lines" - 1)) AS DECIMAL(18, 12))) AS DOUBLE) AS chances
    FROM feature.taste_total WHERE "lines" >= 2 GROUP BY customer_type, kind, level
), between AS (
    SELECT customer_type, kind, level, CAST(sum(CAST(base * base AS DECIMAL(18, 15))) AS DOUBLE) AS between FROM feature.taste_base GROUP BY customer_type, kind, level
)
SELECT b.customer_type, b.kind, b.level, coalesce(w.customers, 0) AS customers, coalesce(w.chances, 0) AS chances, b.between
FROM between AS b
LEFT JOIN within AS w ON w.customer_type = b.customer_type AND w.kind = b.kind AND w.level = b.level
ORDER BY b.customer_type, b.kind, b.level;
