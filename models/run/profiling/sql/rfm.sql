CREATE OR REPLACE TABLE score.rfm AS
SELECT
    f.customer_key,
    f.as_of,
    f.recency_days,
    f.frequency,
    f.monetary,
    CAST(s.r AS INTEGER) AS "r_score",
    CAST(s.f AS INTEGER) AS "f_score",
    CAST(s.m AS INTEGER) AS "m_score",
    s.cell AS "cell",
    s.segment AS "segment",
    s.mode AS "mode"
FROM feature.rfm AS f
INNER JOIN temp.main.fitted AS s ON s.customer_key = f.customer_key
ORDER BY f.customer_key
