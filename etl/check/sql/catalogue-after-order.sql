-- table: order_header
-- severity: warn
-- threshold: 0.01
-- needs: order_header, catalogue
-- description: Orders that name a catalogue issued after them
-- hint: They do not count for the catalogue; check its date of issue.
-- tested: SELECT count(*) FROM stage.order_header WHERE catalogue_id IS NOT NULL
SELECT o.order_id, o.order_date, c.issue_date AS value
FROM stage.order_header o
JOIN core.dim_catalogue c ON c.catalogue_id = CAST(o.catalogue_id AS VARCHAR)
WHERE CAST(o.order_date AS DATE) < c.issue_date
