-- Scores of churn as the model would write them, made by hand for the customers of
-- the fixture.
CREATE SCHEMA IF NOT EXISTS card;
CREATE TABLE score.churn_band AS SELECT * FROM (VALUES (1, 'high'), (2, 'medium'), (3, 'low')) AS b(band_no, band);
CREATE TABLE score.churn AS
SELECT c.customer_key, DATE '2025-06-30' AS as_of, c.customer_type, c.geo_key, c.channel_key, c.owner_employee_key AS employee_key, 90 AS horizon_days, DATE '2025-09-28' AS until,
       DATE '2025-06-30' - CAST(7 * c.customer_key AS INTEGER) AS last_order, CAST(7 * c.customer_key AS INTEGER) AS silent_days, c.customer_key / 32.0 AS probability, CAST(c.customer_key / 32.0 AS DECIMAL(18, 4)) AS expected_left, 'model' AS basis,
       CASE WHEN c.customer_key >= 20 THEN 'high' WHEN c.customer_key >= 10 THEN 'medium' ELSE 'low' END AS band, CASE WHEN c.customer_key >= 20 THEN 1 WHEN c.customer_key >= 10 THEN 2 ELSE 3 END AS band_no, 0.5 AS btyd,
       CAST(NULL AS DOUBLE) AS "before", CAST(NULL AS DATE) AS before_as_of, CAST(NULL AS DOUBLE) AS change, CAST(1000 + c.customer_key AS DECIMAL(18, 2)) AS value, 'margin' AS value_basis,
       CAST((1000 + c.customer_key) * c.customer_key / 32.0 AS DECIMAL(18, 2)) AS value_at_risk, 0.1 AS save_rate, CAST((1000 + c.customer_key) * c.customer_key / 320.0 - 20 AS DECIMAL(18, 2)) AS expected_gain, c.customer_key % 10 = 9 AS is_holdout,
       CAST(31 - c.customer_key AS INTEGER) AS risk_rank, 'silent for ' || 7 * c.customer_key || ' days; usually orders every 20 days' AS reason_1, CASE WHEN c.customer_key % 2 = 0 THEN '2 lines late in half a year' END AS reason_2, CAST(NULL AS VARCHAR) AS reason_3,
       '已沉默 ' || 7 * c.customer_key || ' 天；通常每 20 天订货' AS reason_1_zh, CASE WHEN c.customer_key % 2 = 0 THEN '半年内 2 行延迟' END AS reason_2_zh, CAST(NULL AS VARCHAR) AS reason_3_zh
FROM core.dim_customer AS c WHERE c.customer_key BETWEEN 1 AND 30;
CREATE TABLE score.watchlist AS
SELECT CAST(row_number() OVER (ORDER BY value_at_risk DESC, customer_key) AS INTEGER) AS place, customer_key, employee_key, geo_key, channel_key, customer_type, CAST(1 AS INTEGER) AS salesperson_place, CAST(1 AS INTEGER) AS gain_place,
       probability, band, value, value_at_risk, expected_gain, is_holdout, last_order, silent_days, reason_1, reason_2, reason_3, reason_1_zh, reason_2_zh, reason_3_zh
FROM score.churn WHERE band IN ('high', 'medium');
CREATE TABLE score.churn_reason AS
SELECT customer_key, 1 AS place, 'model' AS basis, 'silence and rhythm' AS concept, '沉默与节奏' AS concept_zh, 0.7 AS share, reason_1 AS fact, reason_1_zh AS fact_zh FROM score.churn
UNION ALL SELECT customer_key, 2, 'model', 'late deliveries', '交货延迟', 0.3, reason_2, reason_2_zh FROM score.churn WHERE reason_2 IS NOT NULL
UNION ALL SELECT customer_key, 3, 'changed', 'falling orders', '订货下降', NULL, 'order days fell from 12 to 5, year on year', '订货天数由上一年 12 天降至近一年 5 天' FROM score.churn WHERE customer_key = 30;
CREATE TABLE score.part_churn AS
SELECT customer_key, 'T' AS bucket, -1 AS clc_key, 'Engineering' AS subject, '工业技术' AS subject_zh, customer_type, geo_key, channel_key, employee_key, DATE '2025-02-01' AS last_bought, 5 AS days, 9 AS days_before, DATE '2025-12-30' AS until,
       customer_key / 32.0 AS probability, CAST(customer_key / 32.0 AS DECIMAL(18, 4)) AS expected_left, 0.08 AS chance, CAST(100 * customer_key AS DECIMAL(18, 2)) AS value, CAST(100 * customer_key * customer_key / 32.0 AS DECIMAL(18, 2)) AS value_at_risk, customer_key = 4 AS has_left, CAST(31 - customer_key AS INTEGER) AS risk_rank
FROM score.churn WHERE customer_key % 2 = 0;
CREATE TABLE score.fade AS
SELECT customer_key, customer_type, geo_key, channel_key, employee_key, DATE '2025-12-30' AS until, customer_key / 60.0 AS probability, CAST(customer_key / 60.0 AS DECIMAL(18, 4)) AS expected_fading, 8 AS "base", 6 AS days_now, 9 AS days_before,
       value, CAST(value * customer_key / 120.0 AS DECIMAL(18, 2)) AS value_at_risk, customer_key = 3 AS is_fading, CAST(31 - customer_key AS INTEGER) AS risk_rank
FROM score.churn WHERE customer_key % 3 = 0;
CREATE TABLE score.quiet_backtest AS
SELECT b.*, CASE WHEN model = 'model' AND origin = '(all)' THEN 0.61 END AS auc_equal, CASE WHEN model = 'model' AND origin = '(all)' THEN 0.54 END AS auc_equal_low, CASE WHEN model = 'model' AND origin = '(all)' THEN 0.68 END AS auc_equal_high
FROM (VALUES ('partial', 'model', '(all)', 300, 36, 0.12, 0.12, 0.77, 0.73, 0.79, 0.4, 0.32, 0.1, 0.01, 3.1), ('partial', 'recency', '(all)', 300, 36, 0.12, 0.1, 0.62, 0.59, 0.65, 0.2, 0.36, 0.1, 0.02, 1.7), ('partial', 'volume', '(all)', 300, 36, 0.12, 0.12, 0.74, 0.7, 0.77, 0.3, 0.33, 0.1, 0.02, 2.2), ('partial', 'rate', '(all)', 300, 36, 0.12, 0.1, 0.5, 0.45, 0.55, 0.12, 0.37, 0.1, 0.02, 1.0),
    ('partial', 'model', '2025-01-31', 300, 36, 0.12, 0.12, 0.77, 0.73, 0.79, 0.4, 0.32, 0.1, 0.01, 3.1), ('fading', 'model', '(all)', 100, 10, 0.1, 0.09, 0.67, 0.59, 0.72, 0.2, 0.3, 0.1, 0.03, 1.7))
    AS b(event, model, origin, "rows", events, rate, predicted, auc, auc_low, auc_high, average_precision, log_loss, brier, calibration_error, lift);
CREATE TABLE score.churn_change AS
SELECT * FROM (VALUES (3, 'fading', '', CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS DATE), 20, 4, 19.5, 0.0001, 0.01), (4, 'partial', 'T', 'Engineering', '工业技术', DATE '2024-11-02', 12, 0, 6.5, 0.0002, 0.02), (5, 'returned', '', NULL, NULL, DATE '2025-05-02', NULL, NULL, NULL, NULL, NULL))
    AS h(customer_key, change, bucket, subject, subject_zh, since, days_before, days_now, expected, p, q);
CREATE TABLE score.churn_rate AS
SELECT DATE '2024-01-31' + CAST(91 * n AS INTEGER) AS origin, 20240131 AS date_key, DATE '2024-04-30' + CAST(91 * n AS INTEGER) AS until, t.customer_type, 40 AS at_risk, CAST(10 + n AS INTEGER) AS "left", 2 AS came_back, 15 AS left_half, CASE WHEN n < 3 THEN 5 END AS left_double
FROM range(5) AS r(n) CROSS JOIN (SELECT DISTINCT coalesce(customer_type, '') AS customer_type FROM score.churn) AS t;
CREATE TABLE score.churn_backtest AS
SELECT * FROM (VALUES ('model', '(all)', '(all)', 400, 120, 0.3, 0.31, 0.81, 0.78, 0.84, 0.6, 0.48, 0.16, 0.02, 2.6, 0.26, 12.0), ('recency', '(all)', '(all)', 400, 120, 0.3, 0.3, 0.68, 0.64, 0.72, 0.4, 0.58, 0.2, 0.05, 1.6, 0.16, 8.0),
    ('model', '2024-10-31', '(all)', 200, 60, 0.3, 0.31, 0.8, 0.76, 0.84, 0.6, 0.48, 0.16, 0.02, 2.5, 0.25, 12.0), ('model', '2025-01-31', '(all)', 200, 60, 0.3, 0.31, 0.82, 0.78, 0.86, 0.6, 0.48, 0.16, 0.02, 2.7, 0.27, 12.0),
    ('model', '(all)', 'library', 100, 30, 0.3, 0.31, 0.83, 0.83, 0.83, 0.6, 0.48, 0.16, 0.02, 2.6, 0.26, 12.0), ('model', '(all)', '(12 order days and more)', 150, 20, 0.13, 0.14, 0.79, 0.79, 0.79, 0.4, 0.3, 0.1, 0.02, 3.4, 0.34, 6.0))
    AS b(model, origin, segment, customers, "left", rate, predicted, auc, auc_low, auc_high, average_precision, log_loss, brier, calibration_error, lift, recall, profit);
CREATE TABLE score.churn_calibration AS SELECT 'model' AS model, CAST(n AS INTEGER) AS bin, 40 AS customers, n / 12.0 AS probability, n / 11.5 AS rate FROM range(1, 11) AS r(n);
CREATE TABLE score.churn_gain AS SELECT m AS model, n / 10.0 AS share, least(1, n / 10.0 * CASE m WHEN 'model' THEN 1.8 ELSE 1.2 END) AS recall, 0.5 AS rate, 1.8 AS lift FROM range(1, 11) AS r(n) CROSS JOIN (VALUES ('model'), ('recency')) AS t(m);
CREATE TABLE score.churn_curve AS SELECT b AS band, CAST(n AS INTEGER) AS week, 100 AS at_risk, exp(-n * k) AS silent, exp(-n * k) - 0.02 AS low, exp(-n * k) + 0.02 AS high FROM range(1, 60) AS r(n) CROSS JOIN (VALUES ('high', 0.01), ('medium', 0.02), ('low', 0.05)) AS t(b, k);
INSERT INTO card.model (model, reading, reading_zh) SELECT 'churn', 'Of 30 customers at risk 11 are likely to stop.', '30 名风险客户中 11 名很可能停止订货。';
INSERT INTO card.parameter (model, name, value, value_zh)
SELECT 'churn', p.name, p.value, p.value_zh FROM (VALUES ('save_rate', '0.1', NULL), ('contact_cost', '20', NULL), ('save_rate_because', 'assumed', '假定值'), ('horizon.library', '90', NULL), ('silence_limit.library', '365', NULL),
    ('horizon_because.library', '90 % of its 800 gaps between orders are no longer', '其 800 个订货间隔中 90 % 不超过此数'), ('grade_against.recency', 'much better than recency', '显著优于近度')) AS p(name, value, value_zh);
CREATE TABLE score.churn_cause AS
SELECT * FROM (VALUES ('price', 'opportunity', 'price', '价格', 12, 0.3, 0.18, 0.45, 0.1, CAST(24000 AS DECIMAL(18, 2)), 2.1, 0.02, 0.01, 0.04, 0.06, 0.03, 0.1), ('late delivery', 'complaint', 'late delivery', 'late delivery', 8, 0.2, 0.1, 0.35, 0.19, 9000, 1.4, 0.01, 0.0, 0.03, 0.04, 0.02, 0.08),
    ('', '', '', '', 20, 0.5, 0.35, 0.65, 0.7, 30000, 3.5, 0.03, 0.01, 0.06, 0.1, 0.06, 0.15))
    AS c(cause, source, name, name_zh, lost, share, share_low, share_high, kept_share, value, rate, after_1, after_1_low, after_1_high, after_3, after_3_low, after_3_high);
CREATE TABLE score.churn_cause_curve AS SELECT c.cause, c.source, CAST(q AS INTEGER) AS quarter, CAST(100 - 5 * q AS INTEGER) AS at_risk, c.after_3 * q / 12 AS incidence, c.after_3_low * q / 12 AS low, c.after_3_high * q / 12 AS high FROM score.churn_cause AS c CROSS JOIN range(1, 13) AS r(q);
CREATE TABLE score.survival AS SELECT t AS customer_type, CAST(m AS INTEGER) AS month, CAST(120 - 2 * m AS INTEGER) AS at_risk, 1 AS events, exp(-0.01 * m) AS survival, exp(-0.012 * m) AS lower, exp(-0.008 * m) AS upper FROM range(1, 40) AS r(m) CROSS JOIN (VALUES ('(all)'), ('library'), ('university')) AS v(t);
