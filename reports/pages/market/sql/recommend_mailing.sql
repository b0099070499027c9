-- What is mailed of every current issue.
SELECT k.code, k.issue, sum(CASE WHEN m.is_sent THEN 1 ELSE 0 END), sum(CASE WHEN m.is_holdout THEN 1 ELSE 0 END), sum(CASE WHEN NOT m.is_sent AND NOT m.is_holdout THEN 1 ELSE 0 END),
       CAST(sum(CASE WHEN m.is_sent THEN m.titles END) AS DOUBLE) / nullif(sum(CASE WHEN m.is_sent THEN 1 ELSE 0 END), 0)
FROM score.mailing AS m
INNER JOIN core.dim_catalogue AS k ON k.catalogue_key = m.catalogue_key
GROUP BY k.catalogue_key, k.code, k.issue
ORDER BY k.issue, k.code, k.catalogue_key
