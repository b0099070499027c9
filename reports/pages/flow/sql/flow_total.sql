-- Order flow as a whole. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), line AS (
    SELECT f.is_open, f.open_value, f.is_overdue, f.days_total, f.batch_wait_days, f.batched_total_days, f.is_rush, f.is_due, f.is_on_time, f.is_otif,
           f.order_date BETWEEN s.from_1 AND s.to_1 AS ordered_1, f.order_date BETWEEN s.from_0 AND s.to_0 AS ordered_0,
           f.promised_date BETWEEN s.from_1 AND s.to_1 AS promised_1, f.promised_date BETWEEN s.from_0 AND s.to_0 AS promised_0,
           f.completed_date_key > 0 AND f.completed_date_key BETWEEN CAST(strftime(s.from_1, '%Y%m%d') AS INTEGER) AND CAST(strftime(s.to_1, '%Y%m%d') AS INTEGER) AS done_1,
           f.completed_date_key > 0 AND f.completed_date_key BETWEEN CAST(strftime(s.from_0, '%Y%m%d') AS INTEGER) AND CAST(strftime(s.to_0, '%Y%m%d') AS INTEGER) AS done_0
    FROM core.fact_order_stage AS f
    CROSS JOIN span AS s
)
SELECT count(CASE WHEN is_open THEN 1 END), sum(CASE WHEN is_open THEN open_value END), count(CASE WHEN is_overdue THEN 1 END),
       count(CASE WHEN done_1 THEN days_total END), quantile_disc(CASE WHEN done_1 THEN days_total END, 0.5), quantile_disc(CASE WHEN done_1 THEN days_total END, 0.9), quantile_disc(CASE WHEN done_0 THEN days_total END, 0.5), quantile_disc(CASE WHEN done_0 THEN days_total END, 0.9),
       count(CASE WHEN is_due AND promised_1 THEN 1 END), count(CASE WHEN is_due AND is_on_time AND promised_1 THEN 1 END), count(CASE WHEN is_due AND is_otif AND promised_1 THEN 1 END),
       count(CASE WHEN is_due AND promised_0 THEN 1 END), count(CASE WHEN is_due AND is_on_time AND promised_0 THEN 1 END), count(CASE WHEN is_due AND is_otif AND promised_0 THEN 1 END),
       sum(CASE WHEN done_1 THEN batch_wait_days END), sum(CASE WHEN done_1 AND batch_wait_days IS NOT NULL THEN batched_total_days END),
       count(CASE WHEN ordered_1 THEN 1 END), count(CASE WHEN ordered_1 AND is_rush THEN 1 END), count(CASE WHEN ordered_0 THEN 1 END), count(CASE WHEN ordered_0 AND is_rush THEN 1 END),
       count(*)
FROM line
