-- Of the lines open at a cutoff, by the stage they stood in: how many came by the
-- day that half, and that nine in ten, were expected by.
--   lines       open at the cutoff
--   dated       of them, with a day expected
--   withdrawn   of those, cancelled before they came: they are judged by nothing
--   judged_p50, judged_p90   whose expected day is over by the as-of date
--   by_p50, by_p90           of them, here by that day
--   off_p50     median of the days between the expected day and the arrival, either way
CREATE OR REPLACE TABLE score.arrival_backtest AS
WITH furthest AS (
    SELECT e.cutoff, e.as_of, e.line_id, max(e.stage_key) AS stage_key
    FROM arrival_entered AS e
    INNER JOIN arrival_line AS l ON l.line_id = e.line_id
    WHERE (l.completed IS NULL OR l.completed > e.cutoff) AND (l.cancelled IS NULL OR l.cancelled > e.cutoff)
    GROUP BY e.cutoff, e.as_of, e.line_id
), open AS (
    SELECT f.cutoff, f.as_of, f.line_id, l.supplier_key, f.stage_key, l.is_forthcoming, CASE WHEN f.stage_key = 1 THEN l.is_rush ELSE false END AS is_rush,
           CASE WHEN f.stage_key <= 3 AND l.is_forthcoming THEN greatest(e.day, l.pub_date) ELSE e.day END AS since, l.completed, l.cancelled
    FROM furthest AS f
    INNER JOIN arrival_line AS l ON l.line_id = f.line_id
    INNER JOIN arrival_entered AS e ON e.cutoff = f.cutoff AND e.line_id = f.line_id AND e.stage_key = f.stage_key
), aged AS (
    SELECT o.cutoff, o.as_of, o.line_id, o.supplier_key, o.stage_key, o.is_forthcoming, o.is_rush, o.since, o.completed, o.cancelled, greatest(CAST(o.cutoff - o.since AS INTEGER), -1) AS age, s.age AS step
    FROM open AS o
    INNER JOIN arrival_step AS s ON greatest(CAST(o.cutoff - o.since AS INTEGER), -1) >= s.age AND greatest(CAST(o.cutoff - o.since AS INTEGER), -1) < s.next_age
), pool AS (
    SELECT DISTINCT cutoff, supplier_key, stage_key, is_forthcoming, is_rush, step, age FROM aged
    UNION
    SELECT DISTINCT cutoff, 0, stage_key, is_forthcoming, is_rush, step, age FROM aged
), reached AS (
    SELECT q.cutoff, q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step, q.age, coalesce(min(CASE WHEN c.days <= q.age THEN c.waiting END), 1) AS waiting,
           coalesce(max(CASE WHEN c.days > q.age THEN c.longer + 1 END), 0) AS longer
    FROM pool AS q
    INNER JOIN arrival_curve AS c ON c.cutoff = q.cutoff AND c.supplier_key = q.supplier_key AND c.stage_key = q.stage_key AND c.is_forthcoming = q.is_forthcoming AND c.is_rush = q.is_rush AND c.age = q.step
    GROUP BY q.cutoff, q.supplier_key, q.stage_key, q.is_forthcoming, q.is_rush, q.step, q.age
), quantile AS (
    SELECT r.cutoff, r.supplier_key, r.stage_key, r.is_forthcoming, r.is_rush, r.age, r.longer,
           min(CASE WHEN c.waiting <= 0.5 * r.waiting THEN c.days END) AS p50, min(CASE WHEN c.waiting <= 0.1 * r.waiting THEN c.days END) AS p90
    FROM reached AS r
    INNER JOIN arrival_curve AS c ON c.cutoff = r.cutoff AND c.supplier_key = r.supplier_key AND c.stage_key = r.stage_key AND c.is_forthcoming = r.is_forthcoming AND c.is_rush = r.is_rush AND c.age = r.step AND c.days > r.age
    GROUP BY r.cutoff, r.supplier_key, r.stage_key, r.is_forthcoming, r.is_rush, r.age, r.longer
), weighed AS (
    SELECT o.cutoff, o.as_of, o.stage_key, o.since, o.completed, o.cancelled, a.p50 AS all_p50, a.p90 AS all_p90, s.p50, s.p90,
           CASE WHEN s.p50 IS NULL THEN 0 WHEN a.p50 IS NULL THEN 1 ELSE s.longer / (s.longer + 20.0) END AS weight50,
           CASE WHEN s.p90 IS NULL THEN 0 WHEN a.p90 IS NULL THEN 1 ELSE s.longer / (s.longer + 20.0) END AS weight90
    FROM aged AS o
    LEFT JOIN quantile AS s ON s.cutoff = o.cutoff AND s.supplier_key = o.supplier_key AND s.stage_key = o.stage_key AND s.is_forthcoming = o.is_forthcoming AND s.is_rush = o.is_rush AND s.age = o.age
    LEFT JOIN quantile AS a ON a.cutoff = o.cutoff AND a.supplier_key = 0 AND a.stage_key = o.stage_key AND a.is_forthcoming = o.is_forthcoming AND a.is_rush = o.is_rush AND a.age = o.age
), days AS (
    SELECT cutoff, as_of, stage_key, since, completed, cancelled,
           CAST(round(weight50 * coalesce(p50, 0) + (1 - weight50) * CASE WHEN weight50 = 1 THEN 0 ELSE all_p50 END) AS INTEGER) AS p50,
           CAST(round(weight90 * coalesce(p90, 0) + (1 - weight90) * CASE WHEN weight90 = 1 THEN 0 ELSE all_p90 END) AS INTEGER) AS p90
    FROM weighed
), expected AS (
    SELECT cutoff, as_of, stage_key, completed, completed IS NULL AND cancelled IS NOT NULL AS is_withdrawn, since + p50 AS p50, since + greatest(p50, p90) AS p90
    FROM days
)
SELECT cutoff, CAST(stage_key AS INTEGER) AS stage_key, CAST(count(*) AS INTEGER) AS lines, CAST(count(p50) AS INTEGER) AS dated,
       CAST(count(CASE WHEN is_withdrawn THEN p50 END) AS INTEGER) AS withdrawn,
       CAST(count(CASE WHEN p50 <= as_of AND NOT is_withdrawn THEN 1 END) AS INTEGER) AS judged_p50, CAST(count(CASE WHEN p50 <= as_of AND completed <= p50 THEN 1 END) AS INTEGER) AS by_p50,
       CAST(count(CASE WHEN p90 <= as_of AND NOT is_withdrawn THEN 1 END) AS INTEGER) AS judged_p90, CAST(count(CASE WHEN p90 <= as_of AND completed <= p90 THEN 1 END) AS INTEGER) AS by_p90,
       CAST(quantile_disc(CASE WHEN p50 <= as_of AND completed IS NOT NULL THEN abs(CAST(completed - p50 AS INTEGER)) END, 0.5) AS INTEGER) AS off_p50
FROM expected
GROUP BY cutoff, stage_key
ORDER BY cutoff, stage_key
