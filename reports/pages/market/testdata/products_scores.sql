-- Titles as the models would judge them, from the lines of the fixture: one in four
-- is in stock, one in twelve of those dead.
CREATE OR REPLACE TABLE score.title AS
WITH sold AS (
    SELECT l.title_key, sum(l.qty) AS copies, sum(l.net) AS net, sum(l.margin) AS margin, sum(CASE WHEN l.margin IS NOT NULL THEN l.net END) AS net_costed, count(*) AS lines
    FROM core.fact_order_line AS l
    WHERE l.title_key > 0 AND l.order_date > DATE '2024-06-30'
    GROUP BY l.title_key
), ranked AS (
    SELECT s.title_key, s.copies, s.net, s.margin, s.net_costed, s.lines, row_number() OVER (ORDER BY s.net DESC, s.title_key) AS abc_rank
    FROM sold AS s
)
SELECT t.title_key, t.title, CASE WHEN r.abc_rank IS NULL THEN 'N' WHEN r.abc_rank <= 40 THEN 'A' WHEN r.abc_rank <= 80 THEN 'B' ELSE 'C' END AS abc,
       CASE t.title_key % 5 WHEN 0 THEN 'X' WHEN 1 THEN 'Y' WHEN 2 THEN NULL ELSE 'Z' END AS xyz,
       CASE t.title_key % 7 WHEN 0 THEN 'introduction' WHEN 1 THEN 'growth' WHEN 2 THEN 'decline' WHEN 3 THEN 'dead' ELSE 'mature' END AS phase,
       CASE t.title_key % 7 WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 5 ELSE 3 END AS phase_no,
       r.abc_rank, CAST(coalesce(r.copies, 0) AS BIGINT) AS copies, CAST(coalesce(r.net, 0) AS DECIMAL(18, 4)) AS net, CAST(0 AS DECIMAL(18, 4)) AS returned,
       CAST(r.margin AS DECIMAL(18, 4)) AS margin, CAST(r.net_costed AS DECIMAL(18, 4)) AS net_costed, CAST(coalesce(r.lines, 0) AS INTEGER) AS lines,
       CAST(t.title_key % 2 AS BIGINT) AS copies_returned, CAST(t.title_key % 9 AS DOUBLE) / 2 AS monthly_mean,
       CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key AS BIGINT) END AS stock, CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key * 10 AS DECIMAL(18, 4)) END AS stock_value,
       CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key * 11 AS DECIMAL(18, 4)) END AS mean_stock_value, CASE WHEN t.title_key % 4 = 0 THEN CAST(r.margin AS DECIMAL(18, 4)) END AS stock_margin,
       CASE WHEN t.title_key % 4 = 0 THEN CAST(9 AS BIGINT) END AS copies_issued, CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key + 9 AS BIGINT) END AS copies_available,
       CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key AS DOUBLE) END AS cover_days, CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key AS DECIMAL(18, 4)) END AS excess_value,
       CASE WHEN t.title_key % 4 = 0 THEN t.title_key % 12 = 0 END AS is_dead, CASE WHEN t.title_key % 12 = 0 THEN CAST(t.title_key * 10 AS DECIMAL(18, 4)) WHEN t.title_key % 4 = 0 THEN 0 END AS dead_value,
       CASE WHEN t.title_key % 4 = 0 THEN CAST(t.title_key * 5 AS INTEGER) END AS idle_days, t.clc_key, t.publisher_key
FROM core.dim_title AS t
LEFT JOIN ranked AS r ON r.title_key = t.title_key
WHERE t.title_key > 0
ORDER BY r.abc_rank NULLS LAST, t.title_key;
CREATE TABLE score.title_matrix AS
SELECT abc, coalesce(xyz, '-') AS xyz, CAST(count(*) AS INTEGER) AS titles, CAST(sum(net) AS DECIMAL(18, 4)) AS net, CAST(sum(returned) AS DECIMAL(18, 4)) AS returned, CAST(coalesce(sum(stock_value), 0) AS DECIMAL(18, 4)) AS stock_value
FROM score.title
GROUP BY abc, coalesce(xyz, '-')
ORDER BY 1, 2;
CREATE TABLE score.life_cycle AS
SELECT * FROM (VALUES ('all', '(all)', 120, 2000, 244.2, 238.0, 251.0, 0.274, 0.738), ('level', 'academic', 70, 1200, 287.1, 276.0, 299.0, 0.254, 0.708), ('level', 'trade', 30, 700, 167.0, 159.0, NULL, 0.331, 0.821), ('class', 'R', 5, 50, 300.0, 200.0, 400.0, 0.2, 0.7))
AS l ("by", code, titles, lines, half_life_days, low, high, share_90, share_365);
CREATE TABLE score.basket_rule AS
SELECT * FROM (VALUES ('order_subject', 1, 'Oncology', '肿瘤学', 'Molecular biology', '分子生物学', 74, 350, 271, 5400, 36, 0.2114, 5.5, 4.5, 1e-20, 1, 2), ('order_subject', 2, 'Molecular biology', '分子生物学', 'Oncology', '肿瘤学', 74, 271, 350, 5400, 36, 0.2731, 5.5, 4.5, 1e-20, 2, 1),
 ('customer_series', 1, 'Advances, Vol. 1', '进展', 'Handbook, Vol. 1', '手册', 9, 12, 15, 60, 9, 0.75, 3.0, NULL, 0.01, 7, 8))
AS r (level, rule_no, antecedent, antecedent_zh, consequent, consequent_zh, "count", antecedent_count, consequent_count, baskets, customers, confidence, lift, lift_by_size, q, antecedent_key, consequent_key), (VALUES (CAST(NULL AS INTEGER))) AS s (antecedent_2_key);
CREATE TABLE score.basket_level AS
SELECT * FROM (VALUES ('order_subject', 5400, 5, 1200, 2, 0, 0), ('order_title', 5400, 5, 9000, 0, 0, 0), ('customer_series', 60, 5, 30, 1, 0, 0), ('next_volume', 60, 3, 12, 4, NULL, 0)) AS l (level, baskets, min_count, tests, rules, control_rules, raised);
CREATE TABLE score.catalogue AS
SELECT * FROM (VALUES ('(all)', '(all)', '(all)', 30, 12, 0.4, 0.2459, 0.5768, 1.5, 900.0, 20.0), ('(all)', '(all)', 'library', 30, 6, 0.2, 0.0951, 0.3731, 0.5, 300.0, 21.0), ('(all)', 'first', '(all)', 18, 9, 0.5, 0.2903, 0.7097, 2.0, 700.0, 15.0), ('(all)', '(none)', '(all)', 12, 3, 0.25, 0.0889, 0.5323, 0.75, 200.0, 30.0),
 ('S', '(all)', '(all)', 10, 4, 0.4, 0.1682, 0.6873, 1.0, 100.0, 22.0), ('T', '(all)', '(all)', 20, 8, 0.4, 0.2188, 0.6134, 1.75, 800.0, 18.0), ('T', 'first', '(all)', 9, 5, 0.5556, 0.2667, 0.8112, 2.0, 400.0, 12.0))
AS c (code, page_third, customer_type, listings, hits, hit_rate, low, high, copies_per_title, net, days_p50);
CREATE TABLE score.substitution AS
SELECT * FROM (VALUES ('stock_out', 1, 2, 'One', 'Two', 8, 30, 13.9, 6.2, 31.0, 1e-9, true), ('edition', 4, 5, 'Four', 'Five', 3, 9, 1.2, 0.5, 3.0, 0.5, false)) AS s (kind, title_key, substitute_key, title, substitute, orders_before, orders_after, ratio, low, high, q, is_substitute)
