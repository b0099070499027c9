-- core.fact_ticket: requests, one row each that fills as they are dealt with. Hours
-- are hours of the clock. A repeat comes from the same customer with the same type
-- within the days of meta.relation_rule; a ticket is solved at first contact when
-- it is resolved, was neither handed on nor opened again, and no repeat followed.
-- It breaches the service level when its first answer or its resolution took, or by
-- the end of the as-of date has taken, more hours than the rule allows.
CREATE OR REPLACE TABLE core.fact_ticket AS
WITH ticket AS (
    SELECT t.ticket_id, t.opened_ts, t.first_response_ts, t.resolved_ts, CAST(t.opened_ts AS DATE) AS date,
           coalesce(t.is_complaint, t.type = 'complaint', false) AS is_complaint,
           coalesce(t.reopened, 0) AS reopened, coalesce(t.transfers, 0) AS transfers, coalesce(t.minutes_spent, 0) AS minutes,
           coalesce(e.employee_key, -1) AS employee_key, t.line_id, t.source, t._row,
           CAST(p.as_of + 1 AS TIMESTAMP) AS until
    FROM due.ticket t
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_employee e ON e.employee_id = t.owner_employee_id
    WHERE NOT coalesce(t.is_deleted, false) AND EXTRACT(year FROM t.opened_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
), hours AS (
    SELECT t.ticket_id,
           CASE WHEN t.first_response_ts >= t.opened_ts THEN CAST(CAST(EXTRACT(epoch FROM (t.first_response_ts - t.opened_ts)) AS DOUBLE) / 3600 AS DECIMAL(18, 4)) END AS response_hours,
           CASE WHEN t.resolved_ts >= t.opened_ts THEN CAST(CAST(EXTRACT(epoch FROM (t.resolved_ts - t.opened_ts)) AS DOUBLE) / 3600 AS DECIMAL(18, 4)) END AS resolution_hours,
           CAST(EXTRACT(epoch FROM (t.until - t.opened_ts)) AS DOUBLE) / 3600 AS hours_so_far
    FROM ticket t
), answer AS (
    SELECT s.ticket_id, CAST(avg(s.score) AS DECIMAL(18, 4)) AS csat
    FROM stage.survey_response s
    WHERE s.ticket_id IS NOT NULL AND s.score IS NOT NULL AND NOT coalesce(s.is_deleted, false)
    GROUP BY s.ticket_id
), judged AS (
    SELECT t.ticket_id, t.date, t.is_complaint, t.reopened, t.transfers, t.minutes, t.employee_key,
           t.line_id, t.first_response_ts, t.resolved_ts, t.source, t._row, h.response_hours, h.resolution_hours, s.customer_key, s.ticket_kind_key, s.minute,
           coalesce(CAST(t.opened_ts AS DATE) - CAST(s.before_ts AS DATE) <= u.repeat_days, false) AS is_repeat,
           coalesce(CAST(s.next_ts AS DATE) - CAST(t.opened_ts AS DATE) <= u.repeat_days, false) AS is_followed,
           CASE WHEN t.first_response_ts IS NULL THEN h.hours_so_far ELSE coalesce(CAST(h.response_hours AS DOUBLE), 0) END > u.first_response_hours AS is_late_answer,
           CASE WHEN t.resolved_ts IS NULL THEN h.hours_so_far ELSE coalesce(CAST(h.resolution_hours AS DOUBLE), 0) END > u.resolution_hours AS is_late_resolution
    FROM ticket t
    CROSS JOIN star_rule u
    JOIN hours h ON h.ticket_id = t.ticket_id
    JOIN star_ticket s ON s.ticket_id = t.ticket_id
)
SELECT t.ticket_id, t.customer_key, t.employee_key, t.ticket_kind_key,
       coalesce(o.geo_key, -1) AS geo_key,
       coalesce(l.title_key, -1) AS title_key,
       coalesce(l.publisher_key, -1) AS publisher_key,
       coalesce(l.order_key, -1) AS order_key,
       CAST(EXTRACT(year FROM t.date) * 10000 + EXTRACT(month FROM t.date) * 100 + EXTRACT(day FROM t.date) AS INTEGER) AS date_key,
       t.date,
       coalesce(CAST(EXTRACT(year FROM t.first_response_ts) * 10000 + EXTRACT(month FROM t.first_response_ts) * 100 + EXTRACT(day FROM t.first_response_ts) AS INTEGER), -1) AS response_date_key,
       coalesce(CAST(EXTRACT(year FROM t.resolved_ts) * 10000 + EXTRACT(month FROM t.resolved_ts) * 100 + EXTRACT(day FROM t.resolved_ts) AS INTEGER), -1) AS resolved_date_key,
       t.response_hours, t.resolution_hours, t.minutes,
       CAST(t.minutes * t.minute AS DECIMAL(18, 4)) AS cost,
       t.transfers,
       CASE WHEN t.reopened > 0 THEN 1 ELSE 0 END AS reopened,
       CASE WHEN t.is_complaint THEN 1 ELSE 0 END AS complaints,
       CASE WHEN t.is_repeat THEN 1 ELSE 0 END AS repeats,
       CASE WHEN t.resolved_ts IS NOT NULL THEN 1 ELSE 0 END AS resolved,
       CASE WHEN t.resolved_ts IS NULL THEN 1 ELSE 0 END AS open,
       CASE WHEN t.resolved_ts IS NOT NULL AND t.transfers = 0 AND t.reopened = 0 AND NOT t.is_followed THEN 1 ELSE 0 END AS first_contact,
       CASE WHEN t.is_late_answer OR t.is_late_resolution THEN 1 ELSE 0 END AS breached,
       CASE WHEN t.resolved_ts IS NULL AND t.is_late_resolution THEN 1 ELSE 0 END AS overdue,
       CASE WHEN a.ticket_id IS NOT NULL THEN 1 ELSE 0 END AS rated,
       a.csat,
       t.source, t._row AS source_row
FROM judged t
LEFT JOIN star_customer_owner o ON o.customer_key = t.customer_key
LEFT JOIN core.fact_order_line l ON l.line_id = t.line_id
LEFT JOIN answer a ON a.ticket_id = t.ticket_id
ORDER BY t.date, t.ticket_id;
