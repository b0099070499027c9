-- Customers that a catalogue was sent to in twelve months: who met or telephoned
-- with us within 60 days of a sending, who ordered within 14.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), sent AS (
    SELECT t.customer_key, t.date, t.ordered
    FROM core.fact_campaign_target AS t
    INNER JOIN core.dim_campaign AS c ON c.campaign_key = t.campaign_key
    CROSS JOIN run AS r
    WHERE c.type = 'catalogue_mailing' AND t.sent > 0 AND t.customer_key <> -1 AND t.date BETWEEN r.since AND r.as_of
), met AS (
    SELECT s.customer_key, max(CASE WHEN k.form = 'face to face' THEN 1 ELSE 0 END) AS met, max(CASE WHEN k.form = 'telephone' THEN 1 ELSE 0 END) AS spoke
    FROM sent AS s
    INNER JOIN core.fact_activity AS a ON a.customer_key = s.customer_key AND a.date BETWEEN s.date AND s.date + 60
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
    CROSS JOIN run AS r
    WHERE a.date <= r.as_of
    GROUP BY s.customer_key
), customer AS (
    SELECT s.customer_key, max(s.ordered) AS ordered
    FROM sent AS s
    GROUP BY s.customer_key
)
SELECT count(*) AS found_n, coalesce(sum(m.met), 0) AS met_n, CAST(coalesce(sum(m.met), 0) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS met_pct,
       coalesce(sum(m.spoke), 0) AS spoke_n, coalesce(sum(c.ordered), 0) AS ordered_n, CAST(coalesce(sum(c.ordered), 0) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS ordered_pct
FROM customer AS c
LEFT JOIN met AS m ON m.customer_key = c.customer_key
