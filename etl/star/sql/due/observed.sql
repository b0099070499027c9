-- Order lines whose observations are to be made anew: those of core.fact_order_line
-- that are; those with a changed event, with one that the as-of date has passed
-- since, or one that is no longer of the last 365 days; those bought from a supplier
-- that has moved; and all where the stage that ends an order is another.
SELECT line_id FROM due.key_fact_order_line
UNION
SELECT line_id FROM stage.order_line_stage_event
WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
UNION
SELECT line_id FROM core.fact_stage_event
WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
UNION
SELECT line_id FROM core.fact_stage_event
WHERE is_after_as_of AND CAST(event_ts AS DATE) <= (SELECT as_of FROM meta.star_parameter)
UNION
SELECT e.line_id
FROM stage.order_line_stage_event e
CROSS JOIN star_was w
CROSS JOIN meta.star_parameter p
WHERE CAST(e.event_ts AS DATE) > w.as_of - 365 AND CAST(e.event_ts AS DATE) <= p.as_of - 365
UNION
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_id IN (SELECT po_id FROM due.moved_purchase_order)
UNION
SELECT l.order_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
WHERE l.order_line_id IS NOT NULL AND CAST(o.supplier_id AS VARCHAR) IN (SELECT supplier_id FROM due.moved_supplier)
UNION
SELECT line_id FROM stage.order_line WHERE EXISTS (SELECT 1 FROM due.moved_final)
