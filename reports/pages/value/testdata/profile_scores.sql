-- Segments, moves, completeness and loyalty as the models would write them, made
-- by hand for the customers of the fixture.
CREATE TABLE score.segment AS
SELECT customer_key, DATE '2025-06-30' AS as_of, 1 + customer_key % 3 AS segment, CASE customer_key % 3 WHEN 0 THEN 'orders now and then' WHEN 1 THEN 'standing orders' ELSE 'textbooks' END AS name,
       CASE customer_key % 3 WHEN 0 THEN '零散订购' WHEN 1 THEN '长期订购' ELSE '教材采购' END AS name_zh, customer_key % 4 <> 0 AS is_known, 7 AS orders, 1.0 AS distance, 0.5 AS clearness,
       '7 of 9 lines are textbooks' AS fact_1, '9 行中 7 行为教材' AS fact_1_zh, '' AS fact_2, '' AS fact_2_zh
FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 30;
CREATE TABLE score.segment_profile AS
SELECT s.segment, s.name, s.name_zh, 10 AS customers, 1.0 / 3 AS share, .9 AS found_again, CASE s.segment WHEN 2 THEN 'doubtful' ELSE 'stable' END AS verdict, f.feature, f.feature_en, f.feature_zh, f.unit, true AS is_used,
       f.place, f.mean * s.segment AS mean, f.mean AS others_mean, (s.segment - 2) * 1.5 AS difference
FROM (SELECT DISTINCT segment, name, name_zh FROM score.segment) AS s
CROSS JOIN (VALUES (1, 'textbook_share', 'textbooks, of lines', '教材占行数', 'share', .2), (2, 'order_value', 'net value of an order', '单均净额', 'report currency', 1234.5), (3, 'days_between', 'days between order days', '订购间隔天数', 'days', 61.25),
    (4, 'copies_a_line', 'copies a line', '每行册数', 'copies', 1.25), (5, 'rush_share', 'rush lines', '加急行占比', 'share', .01)) AS f (place, feature, feature_en, feature_zh, unit, mean);
CREATE TABLE score.customer_segment AS
SELECT customer_key, DATE '2025-06-30' AS as_of, CAST(100.25 * customer_key AS DECIMAL(18, 4)) AS net, CAST(NULL AS DECIMAL(18, 4)) AS margin, CAST(90 * customer_key AS DECIMAL(18, 4)) AS net_before,
       CASE WHEN customer_key % 5 <> 0 THEN CAST(10.5 * customer_key AS DECIMAL(18, 4)) END AS contribution, CAST(NULL AS DECIMAL(18, 4)) AS clv, CAST(NULL AS DECIMAL(18, 4)) AS sales_to_come,
       CAST(customer_key AS DOUBLE) AS loyalty, 10 AS fields, 8 AS known_fields, customer_key % 6 = 0 AS is_stale, true AS is_buyer, true AS has_habits
FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 30;
CREATE TABLE score.tier_move AS
SELECT customer_key, DATE '2025-06-30' AS as_of, 'revenue' AS basis, f.t AS from_tier, f.n AS from_tier_no, t.t AS to_tier, t.n AS to_tier_no,
       CASE WHEN f.n >= 5 AND t.n >= 5 THEN 'absent' WHEN f.n = 6 THEN 'new' WHEN f.n = 5 THEN 'returned' WHEN t.n = 5 THEN 'left' WHEN t.n < f.n THEN 'up' WHEN t.n > f.n THEN 'down' ELSE 'stayed' END AS move,
       CAST(CASE WHEN f.n < 5 THEN 50000.5 / f.n + customer_key ELSE 0 END AS DECIMAL(18, 4)) AS value_before, CAST(CASE WHEN t.n < 5 THEN 60000.25 / t.n + customer_key ELSE 0 END AS DECIMAL(18, 4)) AS value_now
FROM core.dim_customer AS c
JOIN (VALUES (1, 'top'), (2, 'major'), (3, 'ordinary'), (4, 'small'), (5, 'inactive'), (6, 'never')) AS f (n, t) ON f.n = 1 + c.customer_key * 7 % 6
JOIN (VALUES (1, 'top'), (2, 'major'), (3, 'ordinary'), (4, 'small'), (5, 'inactive')) AS t (n, t) ON t.n = 1 + c.customer_key * 3 % 5
WHERE customer_key BETWEEN 1 AND 30;
CREATE TABLE score.tier_migration AS
SELECT basis, from_tier, from_tier_no, to_tier, to_tier_no, move, CAST(count(*) AS INTEGER) AS customers, CAST(sum(value_before) AS DECIMAL(18, 4)) AS value_before, CAST(sum(value_now) AS DECIMAL(18, 4)) AS value_now
FROM score.tier_move GROUP BY ALL;
CREATE TABLE score.completeness AS
SELECT * FROM (VALUES ('library', 1, 'name', 'name', '名称', 10, 10, 1.0, true), ('library', 12, 'email', 'e-mail', '电子邮件', 10, 7, .7, true), ('library', 19, 'budget', 'book budget', '购书预算', 10, 3, .3, true),
    ('individual', 1, 'name', 'name', '名称', 20, 20, 1.0, true), ('individual', 12, 'email', 'e-mail', '电子邮件', 20, 9, .45, true), ('individual', 19, 'budget', 'book budget', '购书预算', 20, 0, 0.0, false))
    AS t (customer_type, place, field, field_en, field_zh, customers, known, share, is_counted);
CREATE TABLE score.customer_completeness AS
SELECT customer_key, DATE '2025-06-30' AS as_of, 10 AS fields, 6 + customer_key % 4 AS known, 80.0 AS completeness, '' AS missing, DATE '2025-01-01' AS last_touch, 'order' AS touch, 180 AS days_since_touch, customer_key % 6 = 0 AS is_stale
FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 30;
CREATE TABLE score.loyalty AS
SELECT customer_key, DATE '2025-06-30' AS as_of, CASE customer_key % 5 WHEN 0 THEN 'active' WHEN 1 THEN 'new' WHEN 2 THEN 'dormant' WHEN 3 THEN 'lost' ELSE 'reactivated' END AS status, DATE '2025-01-10' AS last_date,
       171.0 AS silent_days, 40.0 AS usual_gap, true AS is_own_gap, 180.0 AS lost_after, DATE '2025-07-09' AS lost_on, CAST(customer_key AS DOUBLE) AS loyalty
FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 30;
CREATE TABLE score.clv AS SELECT customer_key, .5 AS p_alive, CAST(1000 * customer_key AS DECIMAL(18, 4)) AS sales_to_come FROM score.loyalty;
CREATE TABLE score.retention AS
SELECT * FROM (VALUES (DATE '2025-01-01', 0, 40, 40, 4000.0, true), (DATE '2025-01-01', 1, 40, 10, 1000.0, true), (DATE '2025-01-01', 2, 40, 8, 1200.0, true), (DATE '2025-01-01', 3, 40, 2, 10.0, false),
    (DATE '2025-02-01', 0, 20, 20, 1000.0, true), (DATE '2025-02-01', 1, 20, 8, 500.0, true), (DATE '2025-02-01', 2, 20, 1, 5.0, false)) AS t (cohort, age, size, customers, "value", is_complete);
CREATE TABLE score.survival AS SELECT * FROM (VALUES ('(all)', 3, 60, 6, .9, .8, .95), ('(all)', 12, 40, 4, .8, .7, .9)) AS t (customer_type, "month", at_risk, events, survival, lower, upper);
CREATE TABLE score.rhythm AS SELECT * FROM (VALUES ('(all)', 30, 20, 100, 40.0, 20.0, 35.0, 60.0, 90.0, 1.25, 1.1, 1.4, 1.05, '')) AS t (customer_type, buyers, repeaters, gaps, mean_gap, p25, p50, p80, p90, k, k_low, k_high, k_chance, reading);
CREATE TABLE score.hazard AS
SELECT * FROM (VALUES ('together', 1, 'service_failure', 'two late deliveries or a complaint open for 30 days', '两次延迟交货或投诉 30 天未解决', 200, 14, 1.95, 1.4, 2.7, .0001, .4, ''), ('together', 2, 'late_once', 'one late delivery', '一次延迟交货', 20, 0, NULL, NULL, NULL, NULL, NULL, 'nobody was lost under it'),
    ('together', 5, 'orders', 'order days', '订购天数', 900, 60, .9, .8, 1.0, .05, .5, ''), ('together', 7, 'placebo', 'chance (customers halved at random)', '随机（安慰剂）', 500, 30, 1.02, .8, 1.3, .8, .9, ''),
    ('apart', 1, 'late_twice', 'two late deliveries or more', '两次及以上延迟交货', 20, 2, 1.5, .5, 4.5, .4, .4, '')) AS t (model, place, covariate, covariate_en, covariate_zh, months, losses, hazard_ratio, lower, upper, p, proportional_p, note);
CREATE TABLE score.contract_retention AS
SELECT * FROM (VALUES ('contract', '(all)', 1, 10, 8, false, .8, .79, .8, .79, .6, .9), ('year', '(all)', 1, 40, 20, false, .5, .51, .5, .51, .4, .6), ('year', '(all)', 2, 20, 13, false, .65, .66, .325, .3366, .25, .42), ('year', '(all)', 3, 0, 0, true, NULL, .74, NULL, .249, .17, .33),
    ('year', 'library', 1, 10, 9, false, .9, .9, .9, .9, .7, .97)) AS t (basis, customer_type, renewal, at_risk, stayed, is_projected, retention, retention_fitted, survival, survival_fitted, lower, upper);
