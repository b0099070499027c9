-- table: return_line
-- severity: warn
-- threshold: 0
-- needs: return_line, order_line, order_header
-- description: Returns dated before the order they belong to
-- hint: Check return_date and line_id of these returns in the source.
-- tested: SELECT count(*) FROM stage.return_line WHERE line_id IS NOT NULL
SELECT r.return_id, r.line_id, r.return_date AS value, CAST(o.order_date AS DATE) AS order_date
FROM stage.return_line r
JOIN stage.order_line l ON l.line_id = r.line_id
JOIN stage.order_header o ON o.order_id = l.order_id
WHERE r.return_date < CAST(o.order_date AS DATE)
