-- Order lines and returns that cannot be placed, whole, with the reason.
DELETE FROM quarantine.order_line
WHERE reason IN ('no order header', 'no rate', 'order_date: outside the calendar', 'order deleted in source', 'deleted in source', 'amount: missing or too large');

INSERT INTO quarantine.order_line (source, file, line, record, reason, column_name, value, raw, key)
SELECT l.source, NULL, NULL, l._row,
       CASE WHEN l.is_deleted THEN 'deleted in source'
            WHEN o.order_id IS NULL THEN 'no order header'
            ELSE coalesce(o.refused, 'amount: missing or too large') END,
       CASE WHEN l.is_deleted THEN 'is_deleted'
            WHEN o.order_id IS NULL THEN 'order_id'
            WHEN o.refused = 'no rate' THEN 'ccy'
            WHEN o.refused = 'order deleted in source' THEN 'order_id'
            WHEN o.refused IS NULL THEN 'unit_price'
            ELSE 'order_date' END,
       CASE WHEN l.is_deleted THEN 'true'
            WHEN o.order_id IS NULL OR o.refused = 'order deleted in source' THEN CAST(l.order_id AS VARCHAR)
            WHEN o.refused IS NULL THEN CAST(l.unit_price AS VARCHAR)
            WHEN o.refused = 'no rate' THEN o.ccy || ' on ' || CAST(o.order_date AS VARCHAR)
            ELSE CAST(o.order_date AS VARCHAR) END,
       CAST(to_json(l) AS VARCHAR), CAST(l.line_id AS VARCHAR)
FROM due.order_line l
LEFT JOIN star_order o ON o.order_id = l.order_id
WHERE l.is_deleted OR o.order_id IS NULL OR o.refused IS NOT NULL
   OR NOT coalesce(CAST(l.qty_ordered AS DOUBLE) * CAST(l.unit_price AS DOUBLE) * o.largest_rate BETWEEN -9E13 AND 9E13, false)
ORDER BY l.source, l._row, l.line_id;
