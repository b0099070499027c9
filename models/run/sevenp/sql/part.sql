-- score.sevenp_part: seven scores per customer. place() is the share of customers
-- below, equals counted half, times 100. The argument is the rate at which all
-- campaigns of two years were answered.
CREATE OR REPLACE TABLE score.sevenp_part AS
WITH answer AS (
    SELECT CAST(coalesce(sum(responded), 0) AS DOUBLE) / greatest(CAST(sum(sent) AS DOUBLE), 1) AS rate FROM feature.sevenp
), raw AS (
    SELECT customer_key, customer_type, 1 AS part_no, 'profiling' AS part, CAST(rfm_sum AS DOUBLE) AS x, 25 * (CAST(rfm_sum AS DOUBLE) / 3 - 1) AS fixed,
           'segment_' || segment AS fact_1, CAST(NULL AS DOUBLE) AS value_1, 'recency_days' AS fact_2, CAST(recency_days AS DOUBLE) AS value_2
    FROM feature.sevenp
    UNION ALL
    SELECT customer_key, customer_type, 2, 'persistency', loyalty, loyalty, 'status_' || status, NULL, 'silent_days', silent_days
    FROM feature.sevenp
    UNION ALL
    SELECT customer_key, customer_type, 3, 'profitability', CAST(contribution AS DOUBLE), NULL, 'contribution', CAST(contribution AS DOUBLE), 'contribution_rate', contribution_rate
    FROM feature.sevenp
    UNION ALL
    SELECT customer_key, customer_type, 4, 'performance', CAST(net AS DOUBLE), NULL, 'net', CAST(net AS DOUBLE), 'net_change',
           CASE WHEN net_before > 0 THEN CAST(net AS DOUBLE) / CAST(net_before AS DOUBLE) - 1 END
    FROM feature.sevenp
    UNION ALL
    SELECT customer_key, customer_type, 5, 'prospecting', CAST(future AS DOUBLE), NULL, 'future', CAST(future AS DOUBLE), 'expected_orders', expected_orders
    FROM feature.sevenp
    UNION ALL
    SELECT customer_key, customer_type, 6, 'product', CAST(subjects AS DOUBLE), NULL, 'subjects', CAST(subjects AS DOUBLE), 'main_share', main_share
    FROM feature.sevenp
    UNION ALL
    SELECT s.customer_key, s.customer_type, 7, 'promotion', CASE WHEN s.sent > 0 THEN (s.responded + 5 * a.rate) / (s.sent + 5) END, NULL,
           'sent', CAST(s.sent AS DOUBLE), 'responded', CASE WHEN s.sent > 0 THEN CAST(s.responded AS DOUBLE) END
    FROM feature.sevenp AS s
    CROSS JOIN answer AS a
), placed AS (
    SELECT r.customer_key, r.customer_type, r.part_no, r.part, r.x, r.fixed, r.fact_1, r.value_1, r.fact_2, r.value_2,
           rank() OVER everyone - 1 + (count(*) OVER alike - 1) / 2.0 AS below, count(*) OVER (PARTITION BY r.part_no) AS n,
           rank() OVER kin - 1 + (count(*) OVER kinalike - 1) / 2.0 AS below_kin, count(*) OVER (PARTITION BY r.part_no, r.customer_type) AS n_kin
    FROM raw AS r
    WHERE r.x IS NOT NULL
    WINDOW everyone AS (PARTITION BY r.part_no ORDER BY r.x), alike AS (PARTITION BY r.part_no, r.x),
           kin AS (PARTITION BY r.part_no, r.customer_type ORDER BY r.x), kinalike AS (PARTITION BY r.part_no, r.customer_type, r.x)
), measured AS (
    SELECT p.customer_key, p.part_no, p.part, p.fact_1, p.value_1, p.fact_2, p.value_2,
           CASE WHEN p.n > 1 THEN 100 * CAST(p.below AS DOUBLE) / (p.n - 1) ELSE 50 END AS place,
           CASE WHEN p.n_kin > 1 THEN 100 * CAST(p.below_kin AS DOUBLE) / (p.n_kin - 1) ELSE 50 END AS percentile,
           p.fixed
    FROM placed AS p
), scored AS (
    SELECT
        p.customer_key,
        r.as_of,
        CAST(p.part_no AS INTEGER) AS "part_no",
        p.part AS "part",
        round(CASE
            WHEN p.part_no <= 2 THEN p.fixed
            WHEN p.part_no = 4 AND f.net + f.net_before > 0 AND f.net >= 0 AND f.net_before >= 0
                THEN 0.5 * p.place + 25 * (1 + CAST(f.net - f.net_before AS DOUBLE) / CAST(f.net + f.net_before AS DOUBLE))
            ELSE p.place
        END, 1) AS "score",
        round(p.percentile, 1) AS "percentile",
        p.fact_1,
        p.value_1,
        p.fact_2,
        p.value_2
    FROM measured AS p
    INNER JOIN feature.sevenp AS f ON f.customer_key = p.customer_key
    CROSS JOIN meta.run AS r
)
SELECT s.customer_key, s.as_of, s.part_no, s.part, s.score, s.percentile, b.score AS "before", round(s.score - b.score, 1) AS "change",
    s.fact_1, s.value_1, s.fact_2, s.value_2
FROM scored AS s
LEFT JOIN temp.main.sevenp_before AS b ON b.customer_key = s.customer_key AND b.part_no = s.part_no
ORDER BY s.customer_key, s.part_no
