-- P(alive) by days since the last purchase and by purchases after the first.
SELECT CASE WHEN as_of - last_date <= 30 THEN 0 WHEN as_of - last_date <= 90 THEN 1 WHEN as_of - last_date <= 180 THEN 2
            WHEN as_of - last_date <= 365 THEN 3 WHEN as_of - last_date <= 730 THEN 4 ELSE 5 END AS recency,
       CASE WHEN repeats = 0 THEN 0 WHEN repeats <= 2 THEN 1 WHEN repeats <= 5 THEN 2 WHEN repeats <= 11 THEN 3 WHEN repeats <= 29 THEN 4 ELSE 5 END AS again,
       count(*) AS customers, avg(CAST(p_alive AS DECIMAL(18, 9))) AS alive
FROM score.clv
WHERE p_alive IS NOT NULL
GROUP BY recency, again
ORDER BY recency, again
