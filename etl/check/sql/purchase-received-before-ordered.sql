-- table: purchase_line
-- severity: warn
-- threshold: 0.001
-- needs: purchase_line, purchase_order
-- description: Purchase lines received before they were ordered
-- hint: Their lead time is unknown; check the dates of the purchase orders.
-- tested: SELECT count(*) FROM core.fact_purchase_line WHERE first_received IS NOT NULL
SELECT po_line_id, po_date, first_received AS value
FROM core.fact_purchase_line
WHERE first_received < po_date
