-- core.dim_catalogue: the catalogues titles were offered in. Where
-- stage.catalogue was not supplied they are inferred from orders and listings.
CREATE OR REPLACE TABLE core.dim_catalogue AS
WITH mentioned AS (
    SELECT catalogue_id FROM stage.catalogue_item WHERE catalogue_id IS NOT NULL
    UNION
    SELECT catalogue_id FROM stage.order_header WHERE catalogue_id IS NOT NULL
), member AS (
    SELECT catalogue_id, code, issue, issue_date, medium, copies_sent, false AS is_inferred
    FROM stage.catalogue
    UNION ALL
    SELECT m.catalogue_id, NULL, NULL, NULL, NULL, NULL, true
    FROM mentioned m
    WHERE NOT EXISTS (SELECT 1 FROM meta.table_load t WHERE t.table_name = 'catalogue' AND t.supplied)
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.catalogue_id) AS INTEGER) AS catalogue_key,
       CAST(m.catalogue_id AS VARCHAR) AS catalogue_id,
       CASE WHEN code IS NULL AND issue IS NULL THEN CAST(m.catalogue_id AS VARCHAR)
            ELSE coalesce(upper(code), '') || CASE WHEN code IS NULL OR issue IS NULL THEN '' ELSE ' ' END || coalesce(issue, '') END AS name,
       upper(code) AS code, issue, issue_date, medium, copies_sent, is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'catalogue' AND place.id = CAST(m.catalogue_id AS VARCHAR)
UNION ALL
SELECT -1, NULL, '(unknown)', '(unknown)', NULL, NULL, '(unknown)', NULL, false
ORDER BY catalogue_key;
