-- Share of key fields known, by customer type and field, of the fields the
-- company has of any customer of the type.
SELECT c.customer_type, c.place, c.field_en, c.field_zh, c.customers, c.known, c.share
FROM score.completeness AS c
WHERE c.is_counted
ORDER BY c.customer_type, c.place
