-- Customers: those of stage.customer, or, when it was not supplied, those who
-- ordered or returned.
CREATE OR REPLACE TEMP TABLE star_customer AS
WITH mentioned AS (
    SELECT h.customer_id FROM stage.order_header h JOIN star_missing s ON s.table_name = 'customer' WHERE h.customer_id IS NOT NULL
    UNION
    SELECT r.customer_id FROM stage.return_line r JOIN star_missing s ON s.table_name = 'customer' WHERE r.customer_id IS NOT NULL
), member AS (
    SELECT customer_id, false AS is_inferred FROM stage.customer
    UNION ALL
    SELECT customer_id, true FROM mentioned
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.customer_id) AS INTEGER) AS customer_key, m.customer_id, m.is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'customer' AND place.id = CAST(m.customer_id AS VARCHAR);
