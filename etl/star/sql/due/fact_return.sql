-- Return lines to be made anew: changed themselves, or with the order line they
-- come back from, their customer or their title.
SELECT return_id FROM due.changed_return_line
UNION
SELECT return_id FROM stage.return_line WHERE line_id IN (SELECT line_id FROM due.moved_fact_order_line)
UNION
SELECT return_id FROM stage.return_line WHERE customer_id IN (SELECT customer_id FROM due.moved_customer)
UNION
SELECT return_id FROM stage.return_line WHERE title_id IN (SELECT title_id FROM due.moved_title)
