-- feature.churn_gap: how long customers of a type take from one order day to the
-- next, over all ended gaps up to the as-of date; of academic types only days of
-- term count. One row a type and one, type '(all)', of all.
--   is_academic  its clock stands still outside the terms
--   p80 … p90    days no longer than which so many of 100 gaps are
WITH term AS (
    SELECT CAST(d.date - DATE '1970-01-01' AS INTEGER) AS day,
           sum(CASE WHEN d.week_of_term IS NULL THEN 0 ELSE 1 END) OVER (ORDER BY d.date) AS counted,
           sum(CASE WHEN d.week_of_term IS NULL THEN 0 ELSE 1 END) OVER () AS whole
    FROM core.dim_date AS d
    WHERE d.date_key <> -1
), gap AS (
    SELECT coalesce(c.customer_type, '') AS customer_type, coalesce(c.customer_type IN ('university', 'school'), false) AS is_academic,
           CASE WHEN c.customer_type IN ('university', 'school') AND t.whole > 0 THEN t.counted - b.counted ELSE d.gap END AS days
    FROM feature.churn_day AS d
    INNER JOIN core.dim_customer AS c ON c.customer_key = d.customer_key
    LEFT JOIN term AS t ON t.day = d.day
    LEFT JOIN term AS b ON b.day = d.day - d.gap
    WHERE d.gap IS NOT NULL
), type AS (
    SELECT DISTINCT coalesce(c.customer_type, '') AS customer_type, coalesce(c.customer_type IN ('university', 'school'), false) AS is_academic
    FROM core.dim_customer AS c
    WHERE c.customer_key <> -1
)
SELECT t.customer_type, t.is_academic, count(g.days) AS gaps,
       quantile_disc(g.days, 0.8) AS p80, quantile_disc(g.days, 0.85) AS p85, quantile_disc(g.days, 0.9) AS p90
FROM type AS t
LEFT JOIN gap AS g ON g.customer_type = t.customer_type
GROUP BY t.customer_type, t.is_academic
UNION ALL
SELECT '(all)', false, count(g.days), quantile_disc(g.days, 0.8), quantile_disc(g.days, 0.85), quantile_disc(g.days, 0.9)
FROM gap AS g
ORDER BY 1
