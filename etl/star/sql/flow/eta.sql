-- When open lines will be here: core.fact_order_stage.eta_p50 and eta_p90.
--
-- Time that remained is learnt from what happened in the 365 days before the
-- as-of date. Each line that entered a stage then is one observation: the days from
-- that stage to the day its last copies came, cut short ("censored") at the as-of
-- date while it is open and on the day it was cancelled. The product-limit estimate
-- (Kaplan and Meier, 1958) of the share still waiting after so many days is made by
-- supplier, stage and whether the title was forthcoming when ordered, and again for
-- all suppliers together; rush orders are apart while they wait to be ordered.
-- A title that had not appeared by the day of its stage is counted from its day of
-- publication up to the stage confirmed: until then nobody can send it.
--
-- An open line has already waited a days, so its quantile q is the first day by
-- which all but 1 - q of those who waited longer than a were served. That of the
-- supplier, known from n lines that waited longer than a, is weighed n / (n + 20)
-- against that of all suppliers; one that is not reached within what was seen counts
-- for nothing, and where neither is, no date is given.
CREATE OR REPLACE TEMP TABLE star_eta_open AS
SELECT f.line_id, f.supplier_key, s.current_stage_key AS stage_key, coalesce(f.pub_date > f.order_date, false) AS is_forthcoming,
       CASE WHEN s.current_stage_key = 1 THEN f.is_rush ELSE false END AS is_rush,
       CASE WHEN s.current_stage_key <= 3 AND f.pub_date > f.order_date THEN greatest(s.stage_since, f.pub_date) ELSE s.stage_since END AS since,
       greatest(CAST(p.as_of - CASE WHEN s.current_stage_key <= 3 AND f.pub_date > f.order_date THEN greatest(s.stage_since, f.pub_date) ELSE s.stage_since END AS INTEGER), -1) AS age
FROM star_flow f
JOIN star_flow_state s ON s.line_id = f.line_id AND s.qty_open > 0
CROSS JOIN meta.star_parameter p
WHERE f.has_event;

-- The lines that anything happened to in these days.
CREATE OR REPLACE TEMP TABLE star_eta_line AS
SELECT f.line_id, f.order_date, f.qty, f.qty_cancelled, f.is_rush, f.publisher_key, t.pub_date
FROM core.fact_order_line f
JOIN (
    SELECT DISTINCT e.line_id
    FROM stage.order_line_stage_event e
    CROSS JOIN meta.star_parameter p
    WHERE CAST(e.event_ts AS DATE) <= p.as_of AND CAST(e.event_ts AS DATE) > p.as_of - 365
) seen ON seen.line_id = f.line_id
LEFT JOIN core.dim_title t ON t.title_key = f.title_key;

CREATE OR REPLACE TEMP TABLE star_eta_seen AS
WITH entered AS (
    SELECT e.line_id, g.stage_key, min(greatest(CAST(e.event_ts AS DATE), f.order_date)) AS day
    FROM stage.order_line_stage_event e
    JOIN core.dim_stage g ON g.code = e.stage AND g.stage_key BETWEEN 1 AND 9
    JOIN star_eta_line f ON f.line_id = e.line_id
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(e.is_deleted, false) AND CAST(e.event_ts AS DATE) <= p.as_of AND CAST(e.event_ts AS DATE) > p.as_of - 365
    GROUP BY e.line_id, g.stage_key
), ended AS (
    SELECT e.line_id, sum(CASE WHEN g.stage_key = z.stage_key THEN coalesce(e.qty, f.qty + f.qty_cancelled) ELSE 0 END) AS qty,
           max(CASE WHEN g.stage_key = z.stage_key THEN greatest(CAST(e.event_ts AS DATE), f.order_date) END) AS delivered,
           min(CASE WHEN g.stage_key = 13 THEN greatest(CAST(e.event_ts AS DATE), f.order_date) END) AS cancelled,
           sum(CASE WHEN g.stage_key = 13 THEN coalesce(e.qty, f.qty + f.qty_cancelled) ELSE 0 END) AS qty_cancelled
    FROM stage.order_line_stage_event e
    CROSS JOIN star_final_stage z
    JOIN core.dim_stage g ON g.code = e.stage AND (g.stage_key = 13 OR g.stage_key = z.stage_key)
    JOIN star_eta_line f ON f.line_id = e.line_id
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(e.is_deleted, false) AND CAST(e.event_ts AS DATE) <= p.as_of
    GROUP BY e.line_id
), bought AS (
    SELECT l.order_line_id AS line_id, min(s.supplier_key) AS supplier_key
    FROM stage.purchase_line l
    JOIN stage.purchase_order o ON o.po_id = l.po_id
    JOIN core.dim_supplier s ON s.supplier_id = CAST(o.supplier_id AS VARCHAR)
    JOIN star_eta_line i ON i.line_id = l.order_line_id
    WHERE NOT coalesce(l.is_deleted, false)
    GROUP BY l.order_line_id
), observed AS (
    SELECT coalesce(b.supplier_key, CASE WHEN f.publisher_key > 0 THEN f.publisher_key END, -1) AS supplier_key, i.stage_key,
           coalesce(f.pub_date > f.order_date, false) AS is_forthcoming,
           CASE WHEN i.stage_key = 1 THEN f.is_rush ELSE false END AS is_rush,
           CASE WHEN i.stage_key <= 3 AND f.pub_date > f.order_date THEN greatest(i.day, f.pub_date) ELSE i.day END AS since,
           CASE WHEN x.qty > 0 AND x.qty >= f.qty + f.qty_cancelled - greatest(coalesce(x.qty_cancelled, 0), f.qty_cancelled) THEN x.delivered END AS arrived,
           coalesce(x.cancelled, p.as_of) AS watched_until
    FROM entered i
    JOIN star_eta_line f ON f.line_id = i.line_id
    CROSS JOIN meta.star_parameter p
    LEFT JOIN ended x ON x.line_id = i.line_id
    LEFT JOIN bought b ON b.line_id = i.line_id
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, CAST(coalesce(arrived, watched_until) - since AS INTEGER) AS days,
       count(*) AS n, count(arrived) AS arrived
FROM observed
WHERE coalesce(arrived, watched_until) >= since
GROUP BY supplier_key, stage_key, is_forthcoming, is_rush, CAST(coalesce(arrived, watched_until) - since AS INTEGER);

-- The share still waiting after so many days; supplier 0 is all of them.
CREATE OR REPLACE TEMP TABLE star_eta_curve AS
WITH seen AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, n, arrived
    FROM star_eta_seen
    UNION ALL
    SELECT 0, stage_key, is_forthcoming, is_rush, days, sum(n), sum(arrived)
    FROM star_eta_seen
    GROUP BY stage_key, is_forthcoming, is_rush, days
), waiting AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, arrived,
           sum(n) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk,
           n
    FROM seen
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting;

CREATE OR REPLACE TEMP TABLE star_eta AS
WITH asked AS (
    SELECT DISTINCT supplier_key, stage_key, is_forthcoming, is_rush, age FROM star_eta_open
), pool AS (
    SELECT supplier_key AS asked_by, supplier_key, stage_key, is_forthcoming, is_rush, age FROM asked
    UNION
    SELECT 0, 0, stage_key, is_forthcoming, is_rush, age FROM asked
), reached AS (
    SELECT q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.age,
           coalesce(min(CASE WHEN c.days <= q.age THEN c.waiting END), 1) AS waiting,
           coalesce(max(CASE WHEN c.days > q.age THEN c.longer + 1 END), 0) AS longer
    FROM pool q
    JOIN star_eta_curve c ON c.supplier_key = q.supplier_key AND c.stage_key = q.stage_key
         AND c.is_forthcoming = q.is_forthcoming AND c.is_rush = q.is_rush
    GROUP BY q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.age
), quantile AS (
    SELECT r.supplier_key, r.stage_key, r.is_forthcoming, r.is_rush, r.age, r.longer,
           min(CASE WHEN c.waiting <= 0.5 * r.waiting THEN c.days END) AS p50,
           min(CASE WHEN c.waiting <= 0.1 * r.waiting THEN c.days END) AS p90
    FROM reached r
    JOIN star_eta_curve c ON c.supplier_key = r.supplier_key AND c.stage_key = r.stage_key
         AND c.is_forthcoming = r.is_forthcoming AND c.is_rush = r.is_rush AND c.days > r.age
    GROUP BY r.supplier_key, r.stage_key, r.is_forthcoming, r.is_rush, r.age, r.longer
), weighed AS (
    SELECT o.line_id, o.since, o.age, a.p50 AS all_p50, a.p90 AS all_p90, s.p50, s.p90,
           CASE WHEN s.p50 IS NULL THEN 0 WHEN a.p50 IS NULL THEN 1 ELSE s.longer / (s.longer + 20.0) END AS weight50,
           CASE WHEN s.p90 IS NULL THEN 0 WHEN a.p90 IS NULL THEN 1 ELSE s.longer / (s.longer + 20.0) END AS weight90
    FROM star_eta_open o
    LEFT JOIN quantile s ON s.supplier_key = o.supplier_key AND s.stage_key = o.stage_key
         AND s.is_forthcoming = o.is_forthcoming AND s.is_rush = o.is_rush AND s.age = o.age
    LEFT JOIN quantile a ON a.supplier_key = 0 AND a.stage_key = o.stage_key
         AND a.is_forthcoming = o.is_forthcoming AND a.is_rush = o.is_rush AND a.age = o.age
), days AS (
    SELECT line_id, since, age,
           CAST(round(weight50 * coalesce(p50, 0) + (1 - weight50) * CASE WHEN weight50 = 1 THEN 0 ELSE all_p50 END) AS INTEGER) AS p50,
           CAST(round(weight90 * coalesce(p90, 0) + (1 - weight90) * CASE WHEN weight90 = 1 THEN 0 ELSE all_p90 END) AS INTEGER) AS p90
    FROM weighed
)
SELECT line_id, since + p50 AS p50, since + greatest(p50, p90) AS p90
FROM days;
