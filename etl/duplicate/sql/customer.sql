-- Customers as they are compared; merged_into is the source's or the user's own.
SELECT CAST(s.customer_id AS VARCHAR) AS customer_id, s.customer_no, s.name, s.name_en, s.customer_type,
       coalesce(s.region_code, s.country, s.city) AS region, s.address, s.postcode, s.vat_no,
       CAST(s.created_date AS VARCHAR) AS created_date, CAST(s.first_contact_date AS VARCHAR) AS first_contact_date,
       CAST(s.parent_customer_id AS VARCHAR) AS parent_customer_id,
       coalesce(u.merged_into, CAST(s.merged_into AS VARCHAR)) AS merged_into
FROM stage.customer s
LEFT JOIN meta.customer_merge u ON u.customer_id = CAST(s.customer_id AS VARCHAR)
WHERE s.is_deleted IS NULL OR NOT s.is_deleted
ORDER BY s.customer_id
