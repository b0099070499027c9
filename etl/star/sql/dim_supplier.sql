-- core.dim_supplier: suppliers and publishers. Where stage.supplier was not
-- supplied they are inferred from titles, purchase orders and invoices; a publisher known
-- by name alone has its name as its id.
CREATE OR REPLACE TABLE core.dim_supplier AS
WITH mentioned AS (
    SELECT CAST(publisher_id AS VARCHAR) AS supplier_id, publisher AS name FROM stage.title WHERE publisher_id IS NOT NULL
    UNION ALL
    SELECT publisher, publisher FROM stage.title WHERE publisher_id IS NULL AND publisher IS NOT NULL
    UNION ALL
    SELECT CAST(supplier_id AS VARCHAR), NULL FROM stage.purchase_order WHERE supplier_id IS NOT NULL
    UNION ALL
    SELECT CAST(supplier_id AS VARCHAR), NULL FROM stage.supplier_invoice WHERE supplier_id IS NOT NULL
), member AS (
    SELECT CAST(supplier_id AS VARCHAR) AS supplier_id, name, type, country, ccy, lead_days_quoted, payment_days, status,
           false AS is_inferred, supplier_id AS sort_id
    FROM stage.supplier
    UNION ALL
    SELECT m.supplier_id, coalesce(min(m.name), m.supplier_id), NULL, NULL, NULL, NULL, NULL, NULL, true, NULL
    FROM mentioned m
    JOIN star_missing s ON s.table_name = 'supplier'
    GROUP BY m.supplier_id
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.sort_id NULLS LAST, length(m.supplier_id), m.supplier_id) AS INTEGER) AS supplier_key,
       m.supplier_id, coalesce(m.name, m.supplier_id) AS name, m.type, m.country, m.ccy, m.lead_days_quoted, m.payment_days, m.status, m.is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'supplier' AND place.id = m.supplier_id
UNION ALL
SELECT -1, NULL, '(unknown)', NULL, '(unknown)', NULL, NULL, NULL, NULL, false
ORDER BY supplier_key;
