CREATE OR REPLACE TABLE score.substitution AS
SELECT
    s.kind AS "kind",
    CAST(s.title_key AS INTEGER) AS "title_key",
    CAST(s.substitute_key AS INTEGER) AS "substitute_key",
    a.title AS "title",
    b.title AS "substitute",
    CAST(s.before AS INTEGER) AS "orders_before",
    CAST(s.after AS INTEGER) AS "orders_after",
    CAST(s.peers_before AS INTEGER) AS "peers_before",
    CAST(s.peers_after AS INTEGER) AS "peers_after",
    CAST(s.days_before AS INTEGER) AS "days_before",
    CAST(s.days_after AS INTEGER) AS "days_after",
    s.ratio AS "ratio",
    s.low AS "low",
    s.high AS "high",
    s.p AS "p",
    s.q AS "q",
    s.is_substitute AS "is_substitute",
    CAST(row_number() OVER (PARTITION BY s.kind, s.title_key ORDER BY s.q, s.p, s.ratio DESC, s.substitute_key) AS INTEGER) AS "substitute_rank",
    coalesce(a.clc_key, -1) AS "clc_key",
    coalesce(a.publisher_key, -1) AS "publisher_key"
FROM temp.main.fitted AS s
LEFT JOIN core.dim_title AS a ON a.title_key = s.title_key
LEFT JOIN core.dim_title AS b ON b.title_key = s.substitute_key
ORDER BY s.kind DESC, s.q, s.title_key, s.substitute_key
