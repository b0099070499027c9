CREATE OR REPLACE TABLE score.forecast_class AS
WITH class AS (
    SELECT c.clc_key, c.bucket, row_number() OVER (PARTITION BY c.bucket ORDER BY c.level NULLS LAST, c.code, c.clc_key) AS place
    FROM core.dim_clc AS c
)
SELECT
    f.date_key AS "date_key",
    f."month" AS "month",
    coalesce(c.clc_key, -1) AS "clc_key",
    CAST(sum(CASE WHEN f.measure = 'net' THEN f.mean ELSE 0 END) AS DECIMAL(18, 4)) AS "net",
    CAST(sum(CASE WHEN f.measure = 'copies' THEN f.mean ELSE 0 END) AS DECIMAL(18, 4)) AS "copies"
FROM score.forecast AS f
LEFT JOIN class AS c ON c.bucket = f.member AND c.place = 1
WHERE f."level" = 'class'
GROUP BY f.date_key, f."month", c.clc_key
ORDER BY f.date_key, c.clc_key NULLS LAST
