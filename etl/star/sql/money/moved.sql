-- The methods of payment that have another key now.
CREATE OR REPLACE TABLE due.moved_method AS
SELECT coalesce(n.name, o.name) AS name
FROM core.dim_payment_method n
FULL JOIN star_was_method o ON o.name = n.name
WHERE o.payment_method_key IS DISTINCT FROM n.payment_method_key;
