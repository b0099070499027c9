-- Performance as the models would write it: spend from the lines of the fixture,
-- the rest made by hand.
CREATE TABLE score.spend_status AS SELECT * FROM (VALUES (1, 'new'), (2, 'back'), (3, 'up'), (4, 'even'), (5, 'down'), (6, 'lost'), (7, 'unknown')) AS t (status_key, status);
CREATE TABLE score.gain_loss AS
WITH line AS (
    SELECT l.customer_key, CAST(coalesce(sum(l.net) FILTER (WHERE l.order_date <= r.as_of - INTERVAL 12 MONTH), 0) AS DECIMAL(18, 4)) AS net_before,
           CAST(coalesce(sum(l.net) FILTER (WHERE l.order_date > r.as_of - INTERVAL 12 MONTH), 0) AS DECIMAL(18, 4)) AS net_now, max(l.order_date) AS last_order
    FROM core.fact_order_line AS l
    CROSS JOIN (SELECT CAST(max(as_of) AS DATE) AS as_of FROM meta.run) AS r
    WHERE l.order_date > r.as_of - INTERVAL 24 MONTH AND l.order_date <= r.as_of
    GROUP BY l.customer_key
)
SELECT customer_key, -1 AS channel_key, -1 AS geo_key, -1 AS employee_key,
       CASE WHEN customer_key = -1 THEN 7 WHEN net_before = 0 THEN 1 WHEN net_now = 0 THEN 6 WHEN net_now > net_before THEN 3 ELSE 5 END AS status_key,
       CASE WHEN customer_key = -1 THEN 'unknown' WHEN net_before = 0 THEN 'new' WHEN net_now = 0 THEN 'lost' WHEN net_now > net_before THEN 'up' ELSE 'down' END AS status,
       net_before, net_now, CAST(net_now - net_before AS DECIMAL(18, 4)) AS change, last_order, net_before > 0 AND net_now > 0 AS is_like_for_like
FROM line;
CREATE TABLE score.bridge_comparison AS SELECT * FROM (VALUES ('last_12_months', 1, 'last_12_months', DATE '2025-07-01'), ('year_to_date', 2, 'year_to_date', DATE '2025-01-01'), ('FY2025-Q1', 3, 'quarter', DATE '2025-01-01')) AS t (comparison, comparison_key, kind, after_from);
CREATE TABLE score.bridge_total AS
SELECT comparison, level, member, CAST(nb AS DECIMAL(18, 4)) AS net_before, CAST(na AS DECIMAL(18, 4)) AS net_after, CAST(mb AS DECIMAL(18, 4)) AS margin_before, CAST(ma AS DECIMAL(18, 4)) AS margin_after, mb / nb AS rate_before, ma / na AS rate_after
FROM (VALUES ('last_12_months', 'total', '', 1000000.0, 1100000.0, 200000.0, 190000.0), ('year_to_date', 'total', '', 400000.0, 500000.0, 80000.0, 90000.0),
 ('last_12_months', 'class', 'F', 600000.0, 600000.0, 150000.0, 130000.5), ('last_12_months', 'class', 'TP', 400000.0, 500000.0, 50000.0, 59999.5)) AS t (comparison, level, member, nb, na, mb, ma);
CREATE TABLE score.bridge AS
SELECT t.comparison, t.level, t.member, e.effect_no, e.effect, CAST((t.margin_after - t.margin_before) * e.share AS DECIMAL(18, 4)) AS amount, CAST(0 AS DECIMAL(18, 4)) AS net, e.share / 100 AS rate_effect,
       NULL::DOUBLE AS expected, NULL::DOUBLE AS low, NULL::DOUBLE AS high, false AS is_alarm
FROM score.bridge_total AS t
CROSS JOIN (VALUES (1, 'volume', -3.0), (2, 'mix', 1.0), (3, 'assortment', 1.0), (4, 'price', -1.0), (5, 'discount', 1.0), (6, 'currency', 2.0), (7, 'cost', 0.0), (8, 'inbound', 0.0), (9, 'coverage', 0.0)) AS e (effect_no, effect, share)
UNION ALL
SELECT 'FY2025-Q1', 'currency', 'EUR', 6, 'currency', -5000, 0, -0.067, -0.007, -0.061, 0.047, true;
CREATE TABLE score.top_customer AS
SELECT CAST(row_number() OVER (ORDER BY g.net_before DESC, g.customer_key) AS INTEGER) AS "rank", g.customer_key, g.net_before AS net_year, g.net_before AS net_same_days, g.net_now, g.change, 9 AS orders_same_days, 2 AS orders_now, g.last_order,
       CASE WHEN g.customer_key % 3 = 0 THEN 'silent' WHEN g.customer_key % 3 = 1 THEN 'halved' ELSE 'smaller orders' END AS status, CAST(g.customer_key % 2 AS INTEGER) AS complaints
FROM score.gain_loss AS g
WHERE g.customer_key BETWEEN 1 AND 6;
CREATE TABLE score.customer_service AS
SELECT g.customer_key, -1 AS channel_key, -1 AS geo_key, -1 AS employee_key, 10 AS lines_due, 9 AS lines_on_time, 8 AS lines_otif, CAST(20 AS BIGINT) AS copies_wanted, CAST(19 AS BIGINT) AS copies_filled, g.net_now AS net,
       CAST(20 AS BIGINT) AS copies_bought, CAST(1 AS BIGINT) AS copies_returned, CAST(0 AS BIGINT) AS copies_faulty, CAST(5 AS DECIMAL(18, 4)) AS value_returned, 2 AS tickets, 1 AS complaints, 0 AS open_tickets, 4 AS invoices_paid, 1 AS invoices_late,
       CAST(30 AS DECIMAL(18, 4)) AS open, CAST(10 AS DECIMAL(18, 4)) AS overdue, CAST(90 AS DECIMAL(18, 4)) AS billed_90d
FROM score.gain_loss AS g
WHERE g.customer_key > 0;
CREATE TABLE score.supplier AS SELECT 1 AS supplier_key, 40 AS lines, 50 AS lead_p50, CAST(900 AS DECIMAL(18, 4)) AS margin;
CREATE TABLE score.supplier_alarm AS SELECT 1 AS supplier_key, 'slow' AS measure, DATE '2025-02-03' AS since, DATE '2025-02-10' AS alarmed, CAST(NULL AS DATE) AS ended, 0.03::DOUBLE AS usual, 0.42::DOUBLE AS level;
CREATE TABLE IF NOT EXISTS core.dim_stage (stage_key INTEGER, stage_no INTEGER, code VARCHAR, name_en VARCHAR, name_zh VARCHAR, phase VARCHAR, phase_zh VARCHAR);
INSERT INTO core.dim_stage BY NAME SELECT 977 AS stage_key, 'inspected' AS code, 'inspected' AS name_en, '检验' AS name_zh;
CREATE TABLE score.stage_alarm AS SELECT 977 AS stage_key, 'inspected' AS stage, DATE '2025-01-01' AS month, 300 AS lines, 4.8::DOUBLE AS days, 1.9::DOUBLE AS expected, 0.9::DOUBLE AS low, 2.9::DOUBLE AS high, true AS is_alarm;
CREATE TABLE score.partner AS
SELECT customer_key, CAST(n AS INTEGER) AS sell_in_rank, CAST(3 - n AS INTEGER) AS kept_rank, CAST(1000 - n AS DECIMAL(18, 4)) AS net, CAST(300 - 150 * (n - 1) AS DECIMAL(18, 4)) AS returned, CAST(1000 - n - (300 - 150 * (n - 1)) AS DECIMAL(18, 4)) AS net_after_returns,
       0.3::DOUBLE AS return_rate, 0.1::DOUBLE AS return_rate_before, CASE WHEN n = 1 THEN 'returns rising' ELSE '' END AS finding
FROM (VALUES (1, 1), (2, 2)) AS t (customer_key, n);
CREATE TABLE score.salesperson AS
SELECT * FROM (VALUES
 (1, false, 12, 40, 30, 90, 10, 5, CAST(900000 AS DECIMAL(18, 4)), CAST(80000 AS DECIMAL(18, 4)), CAST(1000 AS DECIMAL(18, 4)), CAST(20000 AS DECIMAL(18, 4)), CAST(90000 AS DECIMAL(18, 4)), CAST(9000 AS DECIMAL(18, 4)), CAST(-40000 AS DECIMAL(18, 4)), 0.1, 0.9, 0, 0, 'large and losing', 1, 2, CAST(100000 AS DECIMAL(18, 4)), CAST(1000000 AS DECIMAL(18, 4)), CAST(1000000 AS DECIMAL(18, 4)), CAST(900000 AS DECIMAL(18, 4))),
 (2, true, 4, 4, 3, 9, 3, 0, CAST(300000 AS DECIMAL(18, 4)), CAST(60000 AS DECIMAL(18, 4)), CAST(0 AS DECIMAL(18, 4)), CAST(2000 AS DECIMAL(18, 4)), CAST(1000 AS DECIMAL(18, 4)), CAST(3000 AS DECIMAL(18, 4)), CAST(54000 AS DECIMAL(18, 4)), 0.0, NULL, 2, 1, 'left accounts', 2, 1, CAST(0 AS DECIMAL(18, 4)), CAST(300000 AS DECIMAL(18, 4)), NULL, CAST(300000 AS DECIMAL(18, 4)))
) AS t (employee_key, has_left, accounts, visits, calls, contacts, buyers, quotes, net, margin, return_loss, contact_cost, expenses, commission, contribution, discount_rate, attainment, orphans, orphans_fading, finding, net_rank, contribution_rank, discount, gross, target, net_whole);
CREATE TABLE score.orphan_account AS
SELECT g.customer_key, 2 AS employee_key, DATE '2024-12-31' AS leave_date, g.net_before, g.net_now AS net_since, g.customer_key = 3 AS is_fading, g.last_order, DATE '2025-01-15' AS last_contact, 2 AS open_lines, CAST(120.5 AS DECIMAL(18, 4)) AS open_value,
       1 AS open_quotes, 1 AS promises, 0 AS open_opportunities, 0 AS open_tickets, CAST(0 AS DECIMAL(18, 4)) AS overdue
FROM score.gain_loss AS g
WHERE g.customer_key IN (3, 4);
