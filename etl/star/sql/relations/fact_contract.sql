-- core.fact_contract: contracts with customers, one row each. A contract runs on
-- the as-of date when that lies between its days; it was renewed when another of
-- the customer begins later and no more than 90 days after its end.
CREATE OR REPLACE TABLE core.fact_contract AS
WITH contract AS (
    SELECT c.contract_id, coalesce(m.customer_key, -1) AS customer_key, coalesce(m.geo_key, -1) AS geo_key,
           c.start_date, c.end_date, c.value, c.source, c._row
    FROM due.contract c
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_customer_map m ON m.customer_id = c.customer_id
    WHERE NOT coalesce(c.is_deleted, false) AND EXTRACT(year FROM c.start_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
), followed AS (
    SELECT DISTINCT c.contract_id
    FROM contract c
    JOIN contract n ON n.customer_key = c.customer_key AND n.start_date > c.start_date AND n.start_date <= c.end_date + 90
    CROSS JOIN meta.star_parameter p
    WHERE c.customer_key <> -1 AND n.start_date <= p.as_of
)
SELECT c.contract_id, c.customer_key, coalesce(o.employee_key, -1) AS employee_key, c.geo_key,
       CAST(EXTRACT(year FROM c.start_date) * 10000 + EXTRACT(month FROM c.start_date) * 100 + EXTRACT(day FROM c.start_date) AS INTEGER) AS date_key,
       c.start_date, c.end_date, CAST(c.value AS DECIMAL(18, 4)) AS value,
       CASE WHEN c.start_date <= p.as_of AND coalesce(c.end_date >= p.as_of, true) THEN 1 ELSE 0 END AS running,
       CASE WHEN c.end_date < p.as_of THEN 1 ELSE 0 END AS ended,
       CASE WHEN f.contract_id IS NOT NULL THEN 1 ELSE 0 END AS renewed,
       c.source, c._row AS source_row
FROM contract c
CROSS JOIN meta.star_parameter p
LEFT JOIN followed f ON f.contract_id = c.contract_id
LEFT JOIN star_customer_owner o ON o.customer_key = c.customer_key
ORDER BY c.start_date, c.contract_id;
