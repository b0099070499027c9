-- Purchase lines to be made anew: changed themselves, of a changed purchase order
-- or one whose payments name another rate, its rate of the day, currency, batch or
-- supplier; of a title with another price; of an order line that is made anew;
-- those whose day has come since the last build; all where the calendar is another.
SELECT po_line_id FROM due.changed_purchase_line
UNION
SELECT po_line_id FROM stage.purchase_line WHERE po_id IN (SELECT po_id FROM due.changed_purchase_order)
UNION
SELECT po_line_id FROM stage.purchase_line WHERE po_id IN (SELECT po_id FROM due.moved_paid_rate)
UNION
SELECT l.po_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
JOIN due.moved_rate r ON r.ccy = o.ccy AND r.day = o.po_date
UNION
SELECT l.po_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
CROSS JOIN meta.star_parameter p
WHERE coalesce(o.ccy, p.currency) IN (SELECT ccy FROM due.moved_currency)
UNION
SELECT l.po_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
WHERE CAST(o.supplier_id AS VARCHAR) IN (SELECT supplier_id FROM due.moved_supplier)
   OR o.supplier_id IN (SELECT supplier_id FROM due.changed_supplier)
   OR CAST(o.batch_id AS VARCHAR) IN (SELECT batch_id FROM due.moved_batch)
UNION
SELECT po_line_id FROM stage.purchase_line WHERE title_id IN (SELECT title_id FROM due.moved_title)
UNION
SELECT po_line_id FROM stage.purchase_line WHERE title_id IN (SELECT title_id FROM due.changed_title)
UNION
SELECT po_line_id FROM stage.purchase_line WHERE title_id IN (SELECT title_id FROM due.changed_title_price)
UNION
SELECT po_line_id FROM stage.purchase_line WHERE order_line_id IN (SELECT line_id FROM due.key_fact_order_line)
UNION
SELECT l.po_line_id
FROM stage.purchase_line l
CROSS JOIN star_was w
CROSS JOIN meta.star_parameter p
WHERE l.due_date >= w.as_of AND l.due_date <= p.as_of
UNION
SELECT po_line_id FROM stage.purchase_line WHERE EXISTS (SELECT 1 FROM due.moved_calendar)
