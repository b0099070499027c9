-- Visits to the web site in twelve months: how many are of people we know, and
-- where the others come from most.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), visit AS (
    SELECT v.visitor_key, v.customer_key, v.matched, f.referrer
    FROM core.fact_web_session AS v
    LEFT JOIN core.dim_referrer AS f ON f.referrer_key = v.referrer_key
    CROSS JOIN run AS r
    WHERE v.date BETWEEN r.since AND r.as_of
), origin AS (
    SELECT v.referrer, count(*) AS sessions, row_number() OVER (ORDER BY count(*) DESC, v.referrer NULLS LAST) AS place, sum(count(*)) OVER () AS whole
    FROM visit AS v
    WHERE v.matched = 0
    GROUP BY v.referrer
), total AS (
    SELECT count(*) AS sessions, count(DISTINCT CASE WHEN v.visitor_key <> -1 THEN v.visitor_key END) AS visitors, sum(v.matched) AS matched,
           count(DISTINCT CASE WHEN v.customer_key <> -1 THEN v.customer_key END) AS customers
    FROM visit AS v
)
SELECT t.sessions AS found_n, t.visitors AS visitors_n, CAST(t.matched AS DOUBLE) / nullif(CAST(t.sessions AS DOUBLE), 0) AS matched_pct, t.customers AS customers_n,
       o.referrer AS referrer_word, CAST(o.sessions AS DOUBLE) / nullif(CAST(o.whole AS DOUBLE), 0) AS referrer_pct
FROM total AS t
LEFT JOIN origin AS o ON o.place = 1
