-- What is told apart in tickets and surveys. Kinds of tickets come and go as causes
-- are found: they keep the places they had.
CREATE OR REPLACE TABLE core.dim_ticket_kind AS
WITH kind AS (
    SELECT DISTINCT type, channel, severity, dept, root_cause, coalesce(is_complaint, type = 'complaint', false) AS is_complaint FROM stage.ticket
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, k.type NULLS LAST, k.channel NULLS LAST, k.severity NULLS LAST, k.dept NULLS LAST, k.root_cause NULLS LAST, k.is_complaint) AS INTEGER) AS ticket_kind_key,
       k.type, k.channel, k.severity, k.dept, k.root_cause, k.is_complaint
FROM kind k
LEFT JOIN meta.star_key place ON place.dim = 'ticket_kind' AND place.id = CAST(json_array(k.type, k.channel, k.severity, k.dept, k.root_cause, k.is_complaint) AS VARCHAR)
UNION ALL
SELECT -1, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)', NULL
ORDER BY ticket_kind_key;

CREATE OR REPLACE TABLE core.dim_survey_question AS
SELECT CAST(row_number() OVER (ORDER BY question NULLS LAST) AS INTEGER) AS question_key, question
FROM (SELECT DISTINCT question FROM stage.survey_response) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY question_key;

-- Tickets with their customer and kind, what a minute of them costs, and when the
-- same customer came with the same before and next.
CREATE OR REPLACE TEMP TABLE star_ticket AS
WITH ticket AS (
    SELECT t.ticket_id, t.type, t.opened_ts, t.resolved_ts, coalesce(m.customer_key, k.customer_key, -1) AS customer_key, d.ticket_kind_key, n.minute
    FROM stage.ticket t
    CROSS JOIN meta.star_parameter p
    JOIN star_minute_rate n ON n.subject = 'ticket' AND n.type IS NOT DISTINCT FROM t.type
    JOIN core.dim_ticket_kind d ON d.type IS NOT DISTINCT FROM t.type AND d.channel IS NOT DISTINCT FROM t.channel AND d.severity IS NOT DISTINCT FROM t.severity
         AND d.dept IS NOT DISTINCT FROM t.dept AND d.root_cause IS NOT DISTINCT FROM t.root_cause AND d.is_complaint = coalesce(t.is_complaint, t.type = 'complaint', false)
         AND d.ticket_kind_key <> -1
    LEFT JOIN star_customer_map m ON m.customer_id = t.customer_id
    LEFT JOIN star_contact k ON k.contact_id = t.contact_id
    WHERE NOT coalesce(t.is_deleted, false) AND EXTRACT(year FROM t.opened_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
)
SELECT ticket_id, type, opened_ts, resolved_ts, customer_key, ticket_kind_key, minute,
       CASE WHEN customer_key <> -1 THEN lag(opened_ts) OVER (PARTITION BY customer_key, type ORDER BY opened_ts, ticket_id) END AS before_ts,
       CASE WHEN customer_key <> -1 THEN lead(opened_ts) OVER (PARTITION BY customer_key, type ORDER BY opened_ts, ticket_id) END AS next_ts
FROM ticket;
