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
