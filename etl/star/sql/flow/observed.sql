-- meta.star_observed: what the time that remains to open lines is learnt from, see
-- eta.sql. Each line that came to a stage with all its copies (was received with any)
-- in the 365 days before the as-of date is one observation of the stage: since when
-- it waited, as fact_order_stage.stage_since tells it of open lines, the day it
-- had moved on to a later stage with all of them, and the day its last copies came or
-- it was cancelled; without either it still waits at the as-of date.
-- A title that had not appeared by the day of its stage is counted from its day of
-- publication up to the stage confirmed: until then nobody can send it.

-- The lines that anything happened to in these days.
CREATE OR REPLACE TEMP TABLE star_eta_line AS
SELECT f.line_id, f.order_date, f.qty, f.qty_cancelled, f.is_rush, f.publisher_key, t.pub_date
FROM core.fact_order_line f
JOIN (
    SELECT DISTINCT e.line_id
    FROM due.order_line_stage_event e
    CROSS JOIN meta.star_parameter p
    WHERE CAST(e.event_ts AS DATE) <= p.as_of AND CAST(e.event_ts AS DATE) > p.as_of - 365
) seen ON seen.line_id = f.line_id
LEFT JOIN core.dim_title t ON t.title_key = f.title_key;

CREATE OR REPLACE TABLE meta.star_observed AS
WITH entered AS (
    SELECT e.line_id, g.stage_key, CASE WHEN g.stage_key = 1 THEN min(greatest(CAST(e.event_ts AS DATE), f.order_date)) ELSE max(greatest(CAST(e.event_ts AS DATE), f.order_date)) END AS day,
           sum(coalesce(e.qty, f.qty + f.qty_cancelled)) AS qty
    FROM due.order_line_stage_event e
    JOIN core.dim_stage g ON g.code = e.stage AND g.stage_key BETWEEN 1 AND 9
    JOIN star_eta_line f ON f.line_id = e.line_id
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(e.is_deleted, false) AND CAST(e.event_ts AS DATE) <= p.as_of AND CAST(e.event_ts AS DATE) > p.as_of - 365
    GROUP BY e.line_id, g.stage_key
), placed AS (
    SELECT e.line_id, e.stage_key, e.day,
           min(e.day) OVER (PARTITION BY e.line_id ORDER BY e.stage_key ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS moved
    FROM entered e
    JOIN star_eta_line f ON f.line_id = e.line_id
    WHERE e.stage_key = 1 OR e.qty >= f.qty
), ended AS (
    SELECT e.line_id, sum(CASE WHEN g.stage_key = z.stage_key THEN coalesce(e.qty, f.qty + f.qty_cancelled) ELSE 0 END) AS qty,
           max(CASE WHEN g.stage_key = z.stage_key THEN greatest(CAST(e.event_ts AS DATE), f.order_date) END) AS delivered,
           min(CASE WHEN g.stage_key = 13 THEN greatest(CAST(e.event_ts AS DATE), f.order_date) END) AS cancelled,
           sum(CASE WHEN g.stage_key = 13 THEN coalesce(e.qty, f.qty + f.qty_cancelled) ELSE 0 END) AS qty_cancelled
    FROM due.order_line_stage_event e
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
)
SELECT i.line_id, i.stage_key, coalesce(b.supplier_key, CASE WHEN f.publisher_key > 0 THEN f.publisher_key END, -1) AS supplier_key,
       coalesce(f.pub_date > f.order_date, false) AS is_forthcoming,
       CASE WHEN i.stage_key = 1 THEN f.is_rush ELSE false END AS is_rush,
       CASE WHEN i.stage_key <= 3 AND f.pub_date > f.order_date THEN greatest(i.day, f.pub_date) ELSE i.day END AS since,
       CASE WHEN x.qty > 0 AND x.qty >= f.qty + f.qty_cancelled - greatest(coalesce(x.qty_cancelled, 0), f.qty_cancelled) THEN x.delivered END AS arrived,
       x.cancelled, i.moved
FROM placed i
JOIN star_eta_line f ON f.line_id = i.line_id
LEFT JOIN ended x ON x.line_id = i.line_id
LEFT JOIN bought b ON b.line_id = i.line_id
ORDER BY i.line_id, i.stage_key;
