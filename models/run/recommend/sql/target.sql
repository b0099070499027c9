-- Who would want each new title.
CREATE OR REPLACE TABLE score.title_target AS
SELECT CAST(f.title_key AS INTEGER) AS title_key, CAST(f.rank AS INTEGER) AS rank, CAST(f.customer_key AS INTEGER) AS customer_key, f.score, f.is_next,
       CASE WHEN {en_2} IS NULL THEN {en_1} ELSE {en_1} || '; ' || {en_2} END AS reason_en,
       CASE WHEN {zh_2} IS NULL THEN {zh_1} ELSE {zh_1} || '；' || {zh_2} END AS reason_zh,
       f.is_holdout
FROM (
    SELECT f.*, t.class AS title_class, t.author, r1.title AS name_1, coalesce(r1.title_zh, r1.title) AS name_1_zh, r2.title AS name_2, coalesce(r2.title_zh, r2.title) AS name_2_zh
    FROM temp.main.fitted AS f
    INNER JOIN feature.offer_title AS t ON t.title_key = f.title_key
    LEFT JOIN core.dim_title AS r1 ON r1.title_key = f.key_1
    LEFT JOIN core.dim_title AS r2 ON r2.title_key = f.key_2
) AS f
ORDER BY f.title_key, f.rank
