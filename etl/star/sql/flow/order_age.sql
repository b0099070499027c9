-- What of open lines is of the as-of date: ages, bands, being overdue, and when
-- they will be here, core.fact_order_stage.eta_p50 and eta_p90.
--
-- An open line has already waited a days, so its quantile q is the first day by
-- which all but 1 - q of those who waited longer than a were served (the shares are
-- those of eta.sql, of the lines that stayed in the stage beyond the age next below
-- a). That of the supplier, known from n lines that waited longer
-- than a, is weighed n / (n + 20) against that of all suppliers; one that is not
-- reached within what was seen counts for nothing, and where neither is, no date is
-- given.
CREATE OR REPLACE TEMP TABLE star_eta_open AS
WITH waiting AS (
    SELECT o.line_id, o.supplier_key, o.stage_key, coalesce(o.pub_date > o.order_date, false) AS is_forthcoming,
           CASE WHEN o.stage_key = 1 THEN o.is_rush ELSE false END AS is_rush,
           CASE WHEN o.stage_key <= 3 AND o.pub_date > o.order_date THEN greatest(o.stage_since, o.pub_date) ELSE o.stage_since END AS since
    FROM star_open o
    WHERE o.has_event
)
SELECT w.line_id, w.supplier_key, w.stage_key, w.is_forthcoming, w.is_rush, w.since, greatest(CAST(p.as_of - w.since AS INTEGER), -1) AS age, s.age AS step
FROM waiting w
CROSS JOIN meta.star_parameter p
JOIN star_eta_step s ON greatest(CAST(p.as_of - w.since AS INTEGER), -1) >= s.age AND greatest(CAST(p.as_of - w.since AS INTEGER), -1) < s.next_age;

-- The curves of eta.sql that these lines are compared with: the share still waiting
-- after so many days of those that stayed beyond an age; supplier 0 is all of them.
CREATE OR REPLACE TEMP TABLE star_eta_asked AS
SELECT supplier_key, stage_key, is_forthcoming, is_rush, step FROM star_eta_open
UNION
SELECT 0, stage_key, is_forthcoming, is_rush, step FROM star_eta_open;

CREATE OR REPLACE TEMP TABLE star_eta_curve AS
WITH parted AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, n, arrived
    FROM star_eta_seen
    UNION ALL
    SELECT 0, stage_key, is_forthcoming, is_rush, age, days, sum(n), sum(arrived)
    FROM star_eta_seen
    GROUP BY stage_key, is_forthcoming, is_rush, age, days
), seen AS (
    SELECT q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step AS age, e.days, sum(e.n) AS n, sum(e.arrived) AS arrived
    FROM star_eta_asked q
    JOIN parted e ON e.supplier_key = q.supplier_key AND e.stage_key = q.stage_key
         AND e.is_forthcoming = q.is_forthcoming AND e.is_rush = q.is_rush AND e.age >= q.step
    GROUP BY q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step, e.days
), waiting AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, arrived,
           sum(n) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk,
           n
    FROM seen
)
SELECT supplier_key, stage_key, is_forthcoming, is_rush, age, days, at_risk - n AS longer,
       CASE WHEN min(at_risk - arrived) OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
            ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                           OVER (PARTITION BY supplier_key, stage_key, is_forthcoming, is_rush, age ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
FROM waiting;

CREATE OR REPLACE TEMP TABLE star_eta AS
WITH asked AS (
    SELECT DISTINCT supplier_key, stage_key, is_forthcoming, is_rush, step, age FROM star_eta_open
), pool AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, step, age FROM asked
    UNION
    SELECT 0, stage_key, is_forthcoming, is_rush, step, age FROM asked
), reached AS (
    SELECT q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step, q.age,
           coalesce(min(CASE WHEN c.days <= q.age THEN c.waiting END), 1) AS waiting,
           coalesce(max(CASE WHEN c.days > q.age THEN c.longer + 1 END), 0) AS longer
    FROM pool q
    JOIN star_eta_curve c ON c.supplier_key = q.supplier_key AND c.stage_key = q.stage_key
         AND c.is_forthcoming = q.is_forthcoming AND c.is_rush = q.is_rush AND c.age = q.step
    GROUP BY q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step, q.age
), quantile AS (
    SELECT r.supplier_key, r.stage_key, r.is_forthcoming, r.is_rush, r.age, r.longer,
           min(CASE WHEN c.waiting <= 0.5 * r.waiting THEN c.days END) AS p50,
           min(CASE WHEN c.waiting <= 0.1 * r.waiting THEN c.days END) AS p90
    FROM reached r
    JOIN star_eta_curve c ON c.supplier_key = r.supplier_key AND c.stage_key = r.stage_key
         AND c.is_forthcoming = r.is_forthcoming AND c.is_rush = r.is_rush AND c.age = r.step AND c.days > r.age
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

CREATE OR REPLACE TEMP TABLE star_age AS
SELECT o.line_id, o.promised < p.as_of AS is_overdue,
       CAST(p.as_of - o.stage_since AS INTEGER) AS age_in_stage, n.working_day_seq - s.working_day_seq AS workdays_in_stage,
       CAST(p.as_of - o.order_date AS INTEGER) AS age,
       CASE WHEN p.as_of - o.order_date < 0 THEN -1 WHEN p.as_of - o.order_date <= 7 THEN 1 WHEN p.as_of - o.order_date <= 14 THEN 2 WHEN p.as_of - o.order_date <= 30 THEN 3 WHEN p.as_of - o.order_date <= 60 THEN 4
            WHEN p.as_of - o.order_date <= 90 THEN 5 WHEN p.as_of - o.order_date <= 180 THEN 6 WHEN p.as_of - o.order_date <= 365 THEN 7 ELSE 8 END AS age_band_key,
       CASE WHEN p.as_of - o.stage_since < 0 THEN -1 WHEN p.as_of - o.stage_since <= 7 THEN 1 WHEN p.as_of - o.stage_since <= 14 THEN 2 WHEN p.as_of - o.stage_since <= 30 THEN 3 WHEN p.as_of - o.stage_since <= 60 THEN 4
            WHEN p.as_of - o.stage_since <= 90 THEN 5 WHEN p.as_of - o.stage_since <= 180 THEN 6 WHEN p.as_of - o.stage_since <= 365 THEN 7 ELSE 8 END AS stage_age_band_key,
       e.p50 AS eta_p50, e.p90 AS eta_p90
FROM star_open o
CROSS JOIN meta.star_parameter p
LEFT JOIN core.dim_date n ON n.date = p.as_of
LEFT JOIN core.dim_date s ON s.date = o.stage_since
LEFT JOIN star_eta e ON e.line_id = o.line_id;
