CREATE OR REPLACE TABLE score.title_matrix AS
SELECT t.abc AS "abc", coalesce(t.xyz, '-') AS "xyz", CAST(count(*) AS INTEGER) AS "titles", CAST(sum(t.copies) AS BIGINT) AS "copies",
    CAST(sum(t.net) AS DECIMAL(18, 4)) AS "net", CAST(sum(t.returned) AS DECIMAL(18, 4)) AS "returned", CAST(sum(t.margin) AS DECIMAL(18, 4)) AS "margin",
    CAST(coalesce(sum(t.stock_value), 0) AS DECIMAL(18, 4)) AS "stock_value"
FROM score.title AS t
GROUP BY t.abc, coalesce(t.xyz, '-')
ORDER BY 1, CASE WHEN coalesce(t.xyz, '-') = '-' THEN 1 ELSE 0 END, 2
