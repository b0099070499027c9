-- table: ticket
-- severity: warn
-- threshold: 0.001
-- needs: ticket
-- description: Tickets answered or resolved before they were opened
-- hint: Check the clocks and time zones of the systems; such times do not count.
-- tested: SELECT count(*) FROM stage.ticket
SELECT t.ticket_id, coalesce(CASE WHEN t.resolved_ts < t.opened_ts THEN t.resolved_ts END, t.first_response_ts) AS value, t.opened_ts
FROM stage.ticket t
WHERE t.resolved_ts < t.opened_ts OR t.first_response_ts < t.opened_ts
