-- core.fact_message: letters and messages, one row each. reply_hours are those
-- until one that came in was answered. late says that it took, or by the end of
-- the as-of date has taken, more hours than meta.relation_rule allows.
CREATE OR REPLACE TABLE core.fact_message AS
WITH message AS (
    SELECT m.msg_id, m.dir, m.ts, CAST(m.ts AS DATE) AS date, m.replied_ts, m.thread, m.source, m._row,
           coalesce(c.customer_key, k.customer_key, -1) AS customer_key, coalesce(e.employee_key, -1) AS employee_key,
           CAST(p.as_of + 1 AS TIMESTAMP) AS until
    FROM due.message m
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_customer_map c ON c.customer_id = m.customer_id
    LEFT JOIN star_contact k ON k.contact_id = m.contact_id
    LEFT JOIN star_employee e ON e.employee_id = m.employee_id
    WHERE NOT coalesce(m.is_deleted, false) AND EXTRACT(year FROM m.ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
), hours AS (
    SELECT m.msg_id, m.dir, m.ts, m.date, m.replied_ts, m.thread, m.source, m._row, m.customer_key, m.employee_key,
           CASE WHEN m.dir = 'in' AND m.replied_ts >= m.ts THEN CAST(CAST(EXTRACT(epoch FROM (m.replied_ts - m.ts)) AS DOUBLE) / 3600 AS DECIMAL(18, 4)) END AS reply_hours,
           CASE WHEN m.dir = 'in' AND m.replied_ts IS NULL THEN CAST(EXTRACT(epoch FROM (m.until - m.ts)) AS DOUBLE) / 3600 END AS open_hours
    FROM message m
)
SELECT h.msg_id, h.customer_key, h.employee_key,
       CAST(EXTRACT(year FROM h.date) * 10000 + EXTRACT(month FROM h.date) * 100 + EXTRACT(day FROM h.date) AS INTEGER) AS date_key,
       h.date, CASE h.dir WHEN 'in' THEN 1 WHEN 'out' THEN 2 ELSE -1 END AS direction_key,
       coalesce(o.geo_key, -1) AS geo_key,
       h.thread,
       CASE WHEN h.dir = 'in' THEN 1 ELSE 0 END AS received,
       CASE WHEN h.dir = 'in' AND h.replied_ts IS NOT NULL THEN 1 ELSE 0 END AS answered,
       CASE WHEN h.dir = 'in' AND h.replied_ts IS NULL THEN 1 ELSE 0 END AS unanswered,
       CASE WHEN coalesce(CAST(h.reply_hours AS DOUBLE), h.open_hours, 0) > u.reply_hours THEN 1 ELSE 0 END AS late,
       h.reply_hours, h.source, h._row AS source_row
FROM hours h
CROSS JOIN star_rule u
LEFT JOIN star_customer_owner o ON o.customer_key = h.customer_key
ORDER BY h.date, h.msg_id;
