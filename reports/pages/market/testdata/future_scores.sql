-- Forecasts, projections, wallets and chances as the models would write them, from
-- the lines of the fixture: next year repeats the last, a tenth more; intervals
-- reach a quarter to both sides.
INSERT INTO card.model (model, version, as_of, seed, "rows", definition, reading, definition_zh, reading_zh) VALUES ('acquisition', 1, '2025-06-30', 1, 1, '', 'Customers come and stay.', '', '客户来而留。'), ('wallet', 1, '2025-06-30', 1, 1, '', 'They spend half with us.', '', '半数花在我方。'), ('leads', 1, '2025-06-30', 1, 1, '', 'One lead in four orders.', '', '四分之一的线索下单。');
CREATE TABLE score.forecast_history AS
WITH sold AS (
    SELECT coalesce(c.bucket, '(unknown)') AS member, coalesce(c.bucket_name_en, '(unknown)') AS name, coalesce(c.bucket_name_zh, '(未知)') AS name_zh,
           CAST(date_trunc('month', l.order_date) AS DATE) AS month, sum(l.net) AS net, sum(l.qty) AS copies
    FROM core.fact_order_line AS l LEFT JOIN core.dim_clc AS c ON c.clc_key = l.clc_key WHERE l.order_date < DATE '2025-07-01' GROUP BY 1, 2, 3, 4
), whole AS (
    SELECT 'class' AS level, * FROM sold UNION ALL SELECT 'total', '(total)', '(total)', '合计', month, sum(net), sum(copies) FROM sold GROUP BY month
)
SELECT 'net' AS measure, level, member, name, name_zh, month, CAST(net AS DECIMAL(18, 4)) AS value FROM whole
UNION ALL SELECT 'copies', level, member, name, name_zh, month, CAST(copies AS DECIMAL(18, 4)) FROM whole;
CREATE TABLE score.forecast AS
SELECT measure, level, member, name, name_zh, CAST(month + INTERVAL 12 MONTH AS DATE) AS month, CAST(value * 1.1 AS DECIMAL(18, 4)) AS mean, CAST(value * 0.8 AS DECIMAL(18, 4)) AS low_80, CAST(value * 1.4 AS DECIMAL(18, 4)) AS high_80
FROM score.forecast_history WHERE month >= DATE '2024-07-01';
CREATE TABLE score.forecast_backtest AS SELECT * FROM (VALUES ('net', 'total', 1, 4, 10.25, 12.5, 0.79, 0.96, 'better'), ('net', 'class', 9, 4, 40.5, 38.25, 0.81, 0.94, 'worse'), ('copies', 'total', 1, 4, 9.0, 9.0, 0.8, 0.95, 'equal')) AS v (measure, level, series, origins, smape, naive_smape, coverage_80, coverage_95, grade);
CREATE TABLE score.forecast_title AS SELECT title_key, 30 AS copies_24, CASE WHEN title_key % 2 = 0 THEN 4 END AS in_stock, CAST(title_key % 9 AS DECIMAL(18, 4)) AS copies_12, 'sba' AS method FROM core.dim_title WHERE title_key > 0;
CREATE TABLE score.acquisition AS
SELECT CAST(m AS DATE) AS month, m >= DATE '2025-07-01' AS is_projected, true AS is_settled, CAST(2 AS DECIMAL(18, 4)) AS new_customers, CAST(CASE WHEN m >= DATE '2025-07-01' THEN 1 END AS DECIMAL(18, 4)) AS new_low_80,
       CAST(CASE WHEN m >= DATE '2025-07-01' THEN 4 END AS DECIMAL(18, 4)) AS new_high_80, CAST(40 + month(m) AS DECIMAL(18, 4)) AS active, CAST(CASE WHEN m >= DATE '2025-07-01' THEN 38 END AS DECIMAL(18, 4)) AS active_low_80,
       CAST(CASE WHEN m >= DATE '2025-07-01' THEN 55 END AS DECIMAL(18, 4)) AS active_high_80, CAST(CASE WHEN m >= DATE '2025-07-01' THEN 30 END AS DECIMAL(18, 4)) AS of_today
FROM range(DATE '2023-01-01', DATE '2026-07-01', INTERVAL 1 MONTH) AS r (m);
CREATE TABLE score.acquisition_cohort AS
SELECT y AS cohort_year, a.month, a.is_projected, CAST(10 AS DECIMAL(18, 4)) AS active, CAST(CASE WHEN a.is_projected THEN 8 END AS DECIMAL(18, 4)) AS low_80, CAST(CASE WHEN a.is_projected THEN 12 END AS DECIMAL(18, 4)) AS high_80
FROM score.acquisition AS a CROSS JOIN (VALUES (2023), (2024), (2025)) AS c (y);
CREATE TABLE score.wallet AS
SELECT c.customer_key, CAST(100 * c.customer_key AS DECIMAL(18, 4)) AS sales_12, CAST(1000 * c.customer_key AS DECIMAL(18, 4)) AS wallet, CAST(CASE WHEN c.customer_key % 3 = 0 THEN 1000 * c.customer_key END AS DECIMAL(18, 4)) AS budget,
       CASE WHEN c.customer_key % 3 = 0 THEN 'budget' ELSE 'peers' END AS basis, 0.1 AS share, CAST(900 * c.customer_key AS DECIMAL(18, 4)) AS potential, CAST(90 * c.customer_key AS DECIMAL(18, 4)) AS potential_margin,
       0.9 AS p_alive, CAST(50 AS DECIMAL(18, 4)) AS clv, c.customer_key % 9 = 0 AS is_low, c.customer_key % 2 = 0 AS is_wanted
FROM core.dim_customer AS c WHERE c.customer_key > 0;
CREATE TABLE score.whitespace AS SELECT customer_key, 1 AS place, 'Philosophy' AS class, '哲学' AS class_zh, CAST(10 * customer_key AS DECIMAL(18, 4)) AS expected_value, 'half of 40 customers alike buy it' AS reason, '40 个同类客户中半数购买' AS reason_zh FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 20;
CREATE TABLE score.lead AS SELECT i AS lead_id, 'fair' AS lead_source, -1 AS geo_key, DATE '2025-06-30' - CAST(i AS INTEGER) AS date, 0.25 AS probability_left, CAST(500 - i AS DECIMAL(18, 4)) AS expected_margin,
       CASE WHEN i > 2 THEN 'source fair: odds × 1.20' ELSE '' END AS reason_1, CASE WHEN i > 3 THEN 'area North: odds × 0.80' ELSE '' END AS reason_2, CASE WHEN i > 2 THEN '来源 fair：几率 × 1.20' ELSE '' END AS reason_1_zh, CASE WHEN i > 3 THEN '地区 North：几率 × 0.80' ELSE '' END AS reason_2_zh, i AS place
FROM range(1, 18) AS r (i);
CREATE TABLE score.opportunity AS SELECT customer_key, date, CAST(1000 AS DECIMAL(18, 4)) AS amount, probability_left, expected_margin, '' AS reason_1, '' AS reason_2, '' AS reason_1_zh, '' AS reason_2_zh, place FROM (SELECT *, CAST(lead_id AS INTEGER) AS customer_key FROM score.lead WHERE lead_id <= 3) AS l
