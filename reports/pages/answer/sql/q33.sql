-- What is known of how customers want to be written to, and how they answer the
-- first and the further sends of a month, in twelve months.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), wish AS (
    SELECT count(*) AS customers, sum(CASE WHEN trim(c.pref_language) <> '' THEN 1 ELSE 0 END) AS language, sum(CASE WHEN c.consent_marketing IS NOT NULL THEN 1 ELSE 0 END) AS consent,
           sum(CASE WHEN c.consent_marketing THEN 1 ELSE 0 END) AS willing
    FROM core.dim_customer AS c
    WHERE c.customer_key <> -1 AND coalesce(c.status, '') <> 'merged'
), mailed AS (
    SELECT sum(t.sent) AS sent, sum(t.unsubscribed) AS unsubscribed,
           CAST(sum(CASE WHEN t.send_no = 1 THEN t.responded END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN t.send_no = 1 THEN t.sent END) AS DOUBLE), 0) AS first_rate,
           CAST(sum(CASE WHEN t.send_no >= 3 THEN t.responded END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN t.send_no >= 3 THEN t.sent END) AS DOUBLE), 0) AS third_rate
    FROM core.fact_campaign_target AS t
    CROSS JOIN run AS r
    WHERE t.date BETWEEN r.since AND r.as_of
)
SELECT w.customers AS found_n, CAST(w.language AS DOUBLE) / nullif(CAST(w.customers AS DOUBLE), 0) AS language_pct, CAST(w.consent AS DOUBLE) / nullif(CAST(w.customers AS DOUBLE), 0) AS consent_pct,
       CAST(w.willing AS DOUBLE) / nullif(CAST(w.consent AS DOUBLE), 0) AS willing_pct, coalesce(m.unsubscribed, 0) AS unsubscribed_n, coalesce(m.sent, 0) AS sent_n, m.first_rate AS first_pct, m.third_rate AS third_pct
FROM wish AS w
CROSS JOIN mailed AS m
