-- Open lines and when they are expected. Parameter: the as-of date.
WITH span AS (SELECT CAST(? AS DATE) AS as_of)
SELECT count(*) AS lines, sum(f.open_value) AS value, count(f.eta_p50) AS dated, count(CASE WHEN f.eta_p50 <= s.as_of + 30 THEN 1 END) AS in_30,
       count(CASE WHEN f.eta_p50 > f.promised_date THEN 1 END) AS late, sum(CASE WHEN f.eta_p50 > f.promised_date THEN f.open_value END) AS late_value, count(CASE WHEN f.is_overdue THEN 1 END) AS overdue,
       quantile_disc(f.eta_p50, 0.5) AS half_by, quantile_disc(f.eta_p90, 0.9) AS most_by, count(f.promised_date) AS promised
FROM core.fact_order_stage AS f
CROSS JOIN span AS s
WHERE f.is_open
