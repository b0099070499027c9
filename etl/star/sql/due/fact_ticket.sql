-- Tickets to be made anew: changed themselves or of which the customer, the kind,
-- the rate or the neighbours of the same customer and type are others; those not
-- answered or not resolved yet, whose hours are of the as-of date; those whose
-- order line is made anew, that are rated otherwise, and whose owner or customer
-- has moved.
SELECT ticket_id FROM due.changed_ticket
UNION
SELECT ticket_id FROM due.moved_ticket
UNION
SELECT ticket_id FROM stage.ticket WHERE first_response_ts IS NULL OR resolved_ts IS NULL
UNION
SELECT ticket_id FROM stage.ticket WHERE line_id IN (SELECT line_id FROM due.key_fact_order_line)
UNION
SELECT ticket_id FROM due.changed_survey_response WHERE ticket_id IS NOT NULL
UNION
SELECT ticket_id FROM stage.ticket WHERE owner_employee_id IN (SELECT employee_id FROM due.moved_employee)
UNION
SELECT ticket_id FROM core.fact_ticket WHERE customer_key IN (SELECT customer_key FROM due.moved_owner)
