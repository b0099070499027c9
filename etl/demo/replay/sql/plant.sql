-- The troubles of the nights, chosen by seed among the rows of the window.
-- night is when a late row arrives, a wrong value is put right, a row vanishes;
-- until then a wrong value shows what the column wrong says.
CREATE OR REPLACE TEMP TABLE replay_trouble (
    table_name VARCHAR, key VARCHAR, kind VARCHAR, dated TIMESTAMP, night TIMESTAMP, behind BOOLEAN, col VARCHAR, wrong VARCHAR);

-- Rows that began within the window, in an order drawn by the seed; every
-- tenth or so meets a trouble that lasts "wait" days, if the window is long
-- enough for it.
CREATE OR REPLACE TEMP TABLE replay_young AS
WITH young AS (
    SELECT 'order_header' AS table_name, CAST(order_id AS VARCHAR) AS key, CAST(order_date AS TIMESTAMP) AS dated FROM replay_order_header
    UNION ALL
    SELECT 'order_line', CAST(l.line_id AS VARCHAR), CAST(h.order_date AS TIMESTAMP)
    FROM replay_order_line AS l JOIN replay_order_header AS h ON h.order_id = l.order_id
    WHERE CAST(h.order_date AS TIMESTAMP) >= (SELECT opening FROM replay_window)
    UNION ALL
    SELECT 'payment', CAST(payment_id AS VARCHAR), CAST(pay_date AS TIMESTAMP) FROM replay_payment
    UNION ALL
    SELECT 'return_line', CAST(return_id AS VARCHAR), CAST(return_date AS TIMESTAMP) FROM replay_return_line
    UNION ALL
    SELECT 'ticket', CAST(ticket_id AS VARCHAR), CAST(opened_ts AS TIMESTAMP) FROM replay_ticket
    UNION ALL
    SELECT 'activity', CAST(activity_id AS VARCHAR), CAST(start_ts AS TIMESTAMP) FROM replay_activity
    UNION ALL
    SELECT 'quote', CAST(quote_id AS VARCHAR), CAST(valid_from AS TIMESTAMP) FROM replay_quote),
drawn AS (
    SELECT y.table_name, y.key, y.dated,
           row_number() OVER (PARTITION BY y.table_name ORDER BY md5(w.seed || '|' || y.table_name || '|' || y.key), y.key) AS n,
           w.closing, CAST(greatest(1, least(20, w.nights - 1)) AS INTEGER) AS longest
    FROM young AS y CROSS JOIN replay_window AS w
    WHERE y.dated >= w.opening AND y.dated < w.closing),
fitting AS (
    SELECT table_name, key, dated, n, date_trunc('day', dated) + to_days(CAST(1 + (n * 7) % longest AS INTEGER)) + to_hours(18) AS night
    FROM drawn
    WHERE date_trunc('day', dated) + to_days(CAST(1 + (n * 7) % longest AS INTEGER)) + to_hours(18) < closing),
numbered AS (
    SELECT table_name, key, dated, night, row_number() OVER (PARTITION BY table_name ORDER BY n, key) AS place FROM fitting),
counted AS (SELECT table_name, count(*) AS found FROM drawn GROUP BY table_name)
SELECT n.table_name, n.key, n.dated, n.night, n.place, greatest(2, CAST(ceil(CAST(c.found AS DOUBLE) / 100) AS BIGINT)) AS share
FROM numbered AS n JOIN counted AS c ON c.table_name = n.table_name
WHERE n.place <= 4 * greatest(2, CAST(ceil(CAST(c.found AS DOUBLE) / 100) AS BIGINT));

-- Late rows: one in a hundred. Half of them bear the time stamp of the evening
-- before they arrive, so that only an overlap finds them.
INSERT INTO replay_trouble
SELECT table_name, key, 'late', dated, night, place % 2 = 0, NULL, NULL
FROM replay_young WHERE table_name IN ('order_header', 'payment', 'return_line', 'ticket', 'activity') AND place <= share;

-- The lines of a late order come with it.
CREATE OR REPLACE TEMP TABLE replay_late_line AS
SELECT l.line_id, z.night AS arrives, z.behind
FROM replay_order_line AS l JOIN replay_trouble AS z ON z.key = CAST(l.order_id AS VARCHAR)
WHERE z.table_name = 'order_header' AND z.kind = 'late';

-- Corrections of price and of quantity; then two rows that cannot be read and
-- are right the next night.
INSERT INTO replay_trouble
SELECT 'order_line', y.key, CASE WHEN y.place <= y.share THEN 'price corrected' ELSE 'quantity corrected' END, y.dated, y.night, false,
       CASE WHEN y.place <= y.share THEN 'unit_price' ELSE 'qty_ordered' END,
       CASE WHEN y.place <= y.share THEN CAST(round(CAST(l.unit_price AS DECIMAL(18, 4)) * 1.1, 2) AS VARCHAR)
            ELSE CAST(CAST(l.qty_ordered AS INTEGER) + 1 AS VARCHAR) END
FROM replay_young AS y JOIN replay_order_line AS l ON CAST(l.line_id AS VARCHAR) = y.key
WHERE y.table_name = 'order_line' AND y.place <= 2 * y.share
  AND l.line_id NOT IN (SELECT line_id FROM replay_late_line);
INSERT INTO replay_trouble
SELECT 'order_line', y.key, 'bad row', y.dated, date_trunc('day', y.dated) + to_days(1) + to_hours(18), false, 'unit_price', 'n/a'
FROM replay_young AS y JOIN replay_order_line AS l ON CAST(l.line_id AS VARCHAR) = y.key
WHERE y.table_name = 'order_line' AND y.place > 2 * y.share AND y.place <= 2 * y.share + 2
  AND l.line_id NOT IN (SELECT line_id FROM replay_late_line);

-- Deleted rows: real visits and quotations; and orders entered twice, whose
-- second entry is removed days later.
INSERT INTO replay_trouble
SELECT table_name, key, 'deleted', dated, night, false, NULL, NULL
FROM replay_young
WHERE (table_name = 'quote' AND place <= share) OR (table_name = 'activity' AND place > share AND place <= 2 * share);
CREATE OR REPLACE TEMP TABLE replay_twice AS
SELECT h.order_id, y.dated, y.night
FROM replay_young AS y JOIN replay_order_header AS h ON CAST(h.order_id AS VARCHAR) = y.key
WHERE y.table_name = 'order_header' AND y.place > y.share AND y.place <= 2 * y.share;
INSERT INTO replay_trouble
SELECT 'order_header', CAST(CAST(order_id AS BIGINT) + 5000000000000 AS VARCHAR), 'deleted', dated, night, false, NULL, NULL FROM replay_twice
UNION ALL
SELECT 'order_line', CAST(CAST(l.line_id AS BIGINT) + 5000000000000 AS VARCHAR), 'deleted', w.dated, w.night, false, NULL, NULL
FROM replay_order_line AS l JOIN replay_twice AS w ON w.order_id = l.order_id;

-- Customers who buy within the window and change: type, then region, then
-- salesperson, then class; the first changes all of them, on different nights.
CREATE OR REPLACE TEMP TABLE replay_changing AS
WITH buyer AS (
    SELECT DISTINCT h.customer_id FROM replay_order_header AS h CROSS JOIN replay_window AS w
    WHERE CAST(h.order_date AS TIMESTAMP) >= w.opening),
drawn AS (
    SELECT CAST(c.customer_id AS VARCHAR) AS key, CAST(c.created_date AS TIMESTAMP) AS dated, c.customer_type, c.subtype, c.region_code, c.owner_employee_id,
           row_number() OVER (ORDER BY md5(w.seed || '|customer|' || CAST(c.customer_id AS VARCHAR)), c.customer_id) AS n
    FROM replay_customer AS c CROSS JOIN replay_window AS w
    WHERE c.customer_id IN (SELECT customer_id FROM buyer) AND CAST(c.created_date AS TIMESTAMP) < w.opening
      AND c.status = 'active' AND c.customer_type IN ('library', 'university', 'institute'))
SELECT key, dated, customer_type, subtype, region_code, owner_employee_id, n FROM drawn WHERE n <= 10;
INSERT INTO replay_trouble
SELECT 'customer', c.key, k.kind, c.dated,
       date_trunc('day', w.opening) + to_days(CAST((k.step * w.nights / 5 + c.n) % w.nights AS INTEGER)) + to_hours(18), false, k.col,
       CASE k.col WHEN 'customer_type' THEN CASE WHEN c.customer_type = 'institute' THEN 'enterprise' ELSE 'institute' END
                  WHEN 'subtype' THEN CASE WHEN c.subtype = 'branch' THEN 'head office' ELSE 'branch' END
                  WHEN 'region_code' THEN CASE WHEN c.region_code = '110000' THEN '310000' ELSE '110000' END
                  WHEN 'city' THEN CASE WHEN c.region_code = '110000' THEN '上海' ELSE '北京' END
                  ELSE (SELECT CAST(min(CAST(e.employee_id AS BIGINT)) AS VARCHAR) FROM replay_employee AS e
                        WHERE e.dept = 'sales' AND e.leave_date IS NULL AND CAST(e.employee_id AS VARCHAR) <> CAST(c.owner_employee_id AS VARCHAR)) END
FROM replay_changing AS c CROSS JOIN replay_window AS w
JOIN (VALUES ('customer type changed', 'customer_type', 1), ('customer region changed', 'region_code', 2), ('customer region changed', 'city', 2),
             ('customer salesperson changed', 'owner_employee_id', 3), ('customer class moved', 'subtype', 4)) AS k(kind, col, step)
  ON c.n IN (1, k.step + 1, k.step + 5);

-- Two records of one customer are merged.
INSERT INTO replay_trouble
SELECT 'customer', CAST(c.customer_id AS VARCHAR), 'customer merged', CAST(c.created_date AS TIMESTAMP),
       date_trunc('day', w.opening) + to_days(CAST(w.nights / 2 AS INTEGER)) + to_hours(18), false, k.col, k.wrong
FROM replay_customer AS c CROSS JOIN replay_window AS w
CROSS JOIN (VALUES ('status', 'active'), ('merged_into', NULL)) AS k(col, wrong)
WHERE CAST(c.customer_id AS BIGINT) = (SELECT min(CAST(m.customer_id AS BIGINT)) FROM replay_customer AS m
    WHERE m.merged_into IS NOT NULL AND CAST(m.created_date AS TIMESTAMP) < (SELECT opening FROM replay_window));

-- A rate of the dollar that arrives two days late.
INSERT INTO replay_trouble
SELECT 'fx_rate', CAST(f.rate_date AS VARCHAR) || ', ' || f.ccy || ', ' || f.kind, 'rate late', CAST(f.rate_date AS TIMESTAMP),
       CAST(f.rate_date AS TIMESTAMP) + to_days(2) + to_hours(18), false, NULL, NULL
FROM replay_fx_rate AS f
WHERE f.ccy = 'USD' AND f.kind = 'mid' AND CAST(f.rate_date AS DATE) = (
    SELECT min(CAST(d.rate_date AS DATE)) FROM replay_fx_rate AS d CROSS JOIN replay_window AS w
    WHERE d.ccy = 'USD' AND d.kind = 'mid' AND CAST(d.rate_date AS TIMESTAMP) >= w.opening + to_days(CAST(w.nights / 4 AS INTEGER))
      AND CAST(d.rate_date AS TIMESTAMP) + to_days(3) <= w.closing);

-- A title that moves to another class.
INSERT INTO replay_trouble
SELECT 'title', CAST(t.title_id AS VARCHAR), 'title class moved', CAST(t.first_listed AS TIMESTAMP),
       date_trunc('day', w.opening) + to_days(CAST(w.nights / 3 AS INTEGER)) + to_hours(18), false, 'clc_primary',
       CASE WHEN t.clc_primary = 'TP311' THEN 'G25' ELSE 'TP311' END
FROM replay_title AS t CROSS JOIN replay_window AS w
WHERE CAST(t.title_id AS BIGINT) = (
    SELECT min(CAST(l.title_id AS BIGINT)) FROM replay_order_line AS l JOIN replay_young AS y ON y.key = CAST(l.line_id AS VARCHAR)
    WHERE y.table_name = 'order_line' AND y.place <= 4);

-- A day's export of payments that is delivered twice.
INSERT INTO replay_trouble
SELECT 'payment', CAST(CAST(p.dated AS DATE) AS VARCHAR), 'duplicate export', p.dated, p.dated, false, NULL, NULL
FROM (SELECT min(CAST(y.pay_date AS TIMESTAMP)) AS dated FROM replay_payment AS y CROSS JOIN replay_window AS w
      WHERE CAST(y.pay_date AS TIMESTAMP) >= w.opening + to_days(CAST(w.nights / 5 AS INTEGER))) AS p
WHERE p.dated IS NOT NULL;

-- The troubles as the tables read them.
CREATE OR REPLACE TEMP TABLE replay_arrival AS
SELECT table_name, key, night, CASE WHEN behind THEN night - to_days(1) ELSE night END AS stamp
FROM replay_trouble WHERE kind IN ('late', 'rate late');
CREATE OR REPLACE TEMP TABLE replay_removal AS
SELECT table_name, key, night FROM replay_trouble WHERE kind = 'deleted';
CREATE OR REPLACE TEMP TABLE replay_wrong AS
SELECT table_name, key, col, night, wrong FROM replay_trouble WHERE col IS NOT NULL;
