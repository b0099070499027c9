-- Promotion as the models would write it: a mail with customers held back, a
-- letter to the best customers, a fair whose window is not over.
INSERT INTO core.dim_campaign (campaign_key, campaign_id, name, type) SELECT k, CAST(k AS VARCHAR), n, t FROM (VALUES (901, 'Autumn mail', 'email'), (902, 'Letter to the best', 'catalogue_mailing'), (903, 'Fair', 'fair')) AS v(k, n, t);
CREATE TABLE score.campaign AS
SELECT CAST(k AS INTEGER) AS campaign_key, CAST(strftime(d, '%Y%m%d') AS INTEGER) AS date_key, d AS from_date, d + 14 AS to_date, CAST(n AS INTEGER) AS treated, CAST(h AS INTEGER) AS held_back, CAST(n AS INTEGER) AS judged, CAST(h AS INTEGER) AS compared,
       m AS method, CAST(r AS DOUBLE) AS response, CAST(b AS DOUBLE) AS baseline, CAST(r - b AS DOUBLE) AS lift, CAST(r - b - w AS DOUBLE) AS low, CAST(r - b + w AS DOUBLE) AS high, CAST(p AS DOUBLE) AS p_adjusted,
       CAST(x AS DECIMAL(18, 4)) AS incremental_margin, CAST(x - 900 AS DECIMAL(18, 4)) AS margin_low, CAST(x + 900 AS DECIMAL(18, 4)) AS margin_high, CAST(x - c AS DECIMAL(18, 4)) AS profit, CAST(c AS DECIMAL(18, 4)) AS cost,
       CAST(CASE WHEN x IS NOT NULL THEN c END AS DECIMAL(18, 4)) AS cost_judged, CAST(CASE WHEN r IS NOT NULL THEN n END AS INTEGER) AS treated_judged, CAST((r - b) * n AS DECIMAL(18, 4)) AS extra_buyers, r IS NOT NULL AS is_judged, v = 'lift' AS is_lift,
       CAST((x - c) / c AS DOUBLE) AS romi, CAST(f AS DECIMAL(18, 4)) AS naive_margin, CAST((f - c) / c AS DOUBLE) AS naive_romi, v AS verdict, '' AS warning, '' AS warning_zh
FROM (VALUES (901, DATE '2024-10-20', 2000, 2000, 'random control', 0.06, 0.04, 0.0135, 0.004, 4000, 1500, 9000, 'lift'),
             (902, DATE '2024-03-10', 500, 0, 'difference in differences', 0.45, 0.46, 0.05, 0.8, -400, 3000, 16000, 'no lift'),
             (903, DATE '2025-06-18', 90, 0, 'none', NULL, NULL, NULL, NULL, NULL, 26000, NULL, 'too early')) AS t(k, d, n, h, m, r, b, w, p, x, c, f, v);
CREATE TABLE score.placebo AS SELECT CAST(k AS INTEGER) AS repetition, k <= 5 AS is_lift FROM range(1, 201) AS g(k);
CREATE TABLE score.fatigue AS SELECT 'calendar month' AS counting, CAST(k AS INTEGER) AS contacts, CAST(n AS INTEGER) AS messages, r AS rate, r - 0.02 AS low, r + 0.02 AS high, q AS ratio, q - 0.05 AS ratio_low, q + 0.05 AS ratio_high
FROM (VALUES (1, 900, 0.3, NULL), (2, 400, 0.3, 1.0), (3, 400, 0.21, 0.7)) AS t(k, n, r, q);
CREATE TABLE score.pull_forward AS SELECT CAST(901 AS INTEGER) AS campaign_key, 0.02 AS "during", -0.002 AS "after", -0.01 AS after_low, 0.006 AS after_high, 'no clear dip after the campaign' AS reading, '活动后没有明确回落。' AS reading_zh;
CREATE TABLE score.uplift AS SELECT customer_key, CAST(901 AS INTEGER) AS campaign_key, 0.02 AS predicted_lift, CAST(1 + customer_key % 10 AS INTEGER) AS decile, true AS contact, CAST(1.5 AS DECIMAL(18, 4)) AS profit FROM core.dim_customer WHERE customer_key > 0;
CREATE TABLE score.price AS
SELECT customer_key, geo_key, CAST(40 AS INTEGER) AS quotes, CAST(16 AS INTEGER) AS accepted, CAST(1 AS DECIMAL(18, 4)) AS price, CAST(CASE WHEN customer_key % 7 = 0 THEN -2.1 ELSE -0.4 END AS DECIMAL(18, 4)) AS elasticity,
       CAST(CASE WHEN customer_key % 7 = 0 THEN 0.9 ELSE 0.1 END AS DECIMAL(18, 4)) AS transaction, CASE WHEN customer_key % 7 = 0 THEN 'discount' ELSE 'serve' END AS advice, customer_key % 7 = 0 AS is_discount, customer_key % 7 <> 0 AS is_serve, 0.95 AS best_price
FROM core.dim_customer
WHERE customer_key > 0;
CREATE TABLE score.elasticity AS SELECT g AS "grouping", n AS name, CAST(c AS INTEGER) AS customers, s AS share, e AS elasticity, e - 0.2 AS low, e + 0.2 AS high
FROM (VALUES ('all', '(all)', 60, 1.0, -0.7), ('class', 'transaction', 9, 0.15, -2.1), ('class', 'relationship', 51, 0.85, -0.4), ('customer type', 'library', 30, 0.5, -0.6)) AS t(g, n, c, s, e);
CREATE TABLE score.test_size AS SELECT 'email' AS type, 0.04 AS base, 0.04 * p AS lift, CAST(n AS INTEGER) AS needed, 0.015 AS break_even_lift FROM (VALUES (0.25, 6745), (0.5, 1863), (1.0, 553)) AS t(p, n);
INSERT INTO card.model (model, version, as_of, seed, "rows", definition, reading, definition_zh, reading_zh)
SELECT m, 1, DATE '2025-06-30', 1, 3, 'd', r, 'd', z FROM (VALUES ('campaigns', 'Of 2 campaigns judged, 1 brought more orders than would have come anyway.', '已判断的 2 个活动中，1 个有效。'), ('response_fatigue', 'Customers tire.', '客户会疲劳。'), ('price', 'Price counts for some.', '部分客户看重价格。')) AS t(m, r, z);
