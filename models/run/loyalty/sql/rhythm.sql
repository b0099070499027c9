CREATE OR REPLACE TABLE score.rhythm AS
SELECT
    s.customer_type AS "customer_type",
    CAST(s.buyers AS INTEGER) AS "buyers",
    CAST(s.repeaters AS INTEGER) AS "repeaters",
    CAST(s.gaps AS INTEGER) AS "gaps",
    s.mean_gap AS "mean_gap",
    s.p25 AS "p25",
    s.p50 AS "p50",
    s.p80 AS "p80",
    s.p90 AS "p90",
    s.k AS "k",
    s.k_low AS "k_low",
    s.k_high AS "k_high",
    s.k_chance AS "k_chance",
    s.reading AS "reading"
FROM temp.main.fitted AS s
ORDER BY "customer_type"
