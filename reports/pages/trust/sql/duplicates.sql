-- Customers that may be recorded twice, likely ones first.
SELECT cluster_id, customer_id, duplicate_id, customer_name, duplicate_name, is_person, score, grade, reasons
FROM meta.duplicate_candidate
ORDER BY cluster_id, score DESC, customer_id, duplicate_id
