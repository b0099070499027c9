-- Batches whose cost is to be shared anew: changed themselves or with another key;
-- those named by a changed event, or that a changed purchase is or was in; those of
-- a line or a purchase of a title with another weight, and those of an order line
-- that now counts when it did not, or the other way, or has other copies or another
-- title: the last build's are in core.fact_order_line.
WITH changed AS (
    SELECT line_id FROM due.changed_order_line
    UNION
    SELECT line_id FROM stage.order_line WHERE order_id IN (SELECT order_id FROM due.moved_order)
), line AS (
    SELECT c.line_id
    FROM changed c
    LEFT JOIN stage.order_line l ON l.line_id = c.line_id
    LEFT JOIN star_order o ON o.order_id = l.order_id
    LEFT JOIN core.fact_order_line f ON f.line_id = c.line_id
    LEFT JOIN meta.star_title t ON t.title_key = f.title_key
    WHERE NOT coalesce(f.qty > 0 AND f.qty + f.qty_cancelled = l.qty_ordered AND t.title_id = l.title_id
                       AND o.order_id IS NOT NULL AND o.refused IS NULL AND NOT coalesce(l.is_deleted, false)
                       AND CAST(l.qty_ordered AS DOUBLE) * CAST(l.unit_price AS DOUBLE) * o.largest_rate BETWEEN -9E13 AND 9E13, false)
    UNION
    SELECT line_id FROM stage.order_line WHERE title_id IN (SELECT title_id FROM due.moved_title_weight)
), bought AS (
    SELECT po_id FROM stage.purchase_line WHERE po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line)
    UNION
    SELECT po_id FROM stage.purchase_line WHERE title_id IN (SELECT title_id FROM due.moved_title_weight)
    UNION
    SELECT po_id FROM stage.purchase_line WHERE order_line_id IN (SELECT line_id FROM line)
    UNION
    SELECT po_id FROM due.changed_purchase_order
), was AS (
    SELECT e.batch_key FROM core.fact_stage_event e WHERE e.event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
    UNION
    SELECT l.batch_key FROM core.fact_purchase_line l WHERE l.po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line)
    UNION
    SELECT l.batch_key FROM core.fact_purchase_line l WHERE l.po_id IN (SELECT po_id FROM due.changed_purchase_order)
)
SELECT batch_id FROM due.changed_batch
UNION
SELECT b.batch_id FROM stage.batch b JOIN due.moved_batch m ON m.batch_id = CAST(b.batch_id AS VARCHAR)
UNION
SELECT batch_id FROM stage.order_line_stage_event
WHERE batch_id IS NOT NULL AND event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
UNION
SELECT batch_id FROM stage.order_line_stage_event WHERE batch_id IS NOT NULL AND line_id IN (SELECT line_id FROM line)
UNION
SELECT batch_id FROM stage.purchase_order WHERE batch_id IS NOT NULL AND po_id IN (SELECT po_id FROM bought)
UNION
SELECT b.batch_id
FROM was w
JOIN star_was_batch k ON k.batch_key = w.batch_key
JOIN stage.batch b ON CAST(b.batch_id AS VARCHAR) = k.batch_id
