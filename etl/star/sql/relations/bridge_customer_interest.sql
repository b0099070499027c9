-- core.bridge_customer_interest: the classes that a customer said to care for,
-- with the strongest weight given of each; classes that cannot be read are left
-- out.
CREATE OR REPLACE TABLE core.bridge_customer_interest AS
SELECT m.customer_key, c.clc_key, max(coalesce(i.weight, 1)) AS weight, max(i.updated) AS updated
FROM stage.customer_clc_interest i
JOIN star_customer_map m ON m.customer_id = i.customer_id
JOIN meta.clc_code c ON c.code = i.clc_code
WHERE m.customer_key <> -1 AND c.clc_key > 0 AND coalesce(i.weight, 1) > 0
  AND NOT coalesce(i.is_deleted, false) AND coalesce(i.declared_or_observed, 'declared') = 'declared'
GROUP BY 1, 2
ORDER BY 1, 2;
