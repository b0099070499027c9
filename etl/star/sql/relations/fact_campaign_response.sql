-- core.fact_campaign_response: what those addressed did, one row a response.
-- off_target says that the campaign had not addressed the customer at all.
CREATE OR REPLACE TABLE core.fact_campaign_response AS
WITH addressed AS (
    SELECT campaign_key, customer_key, min(date) AS date
    FROM star_target
    WHERE customer_key <> -1
    GROUP BY campaign_key, customer_key
), response AS (
    SELECT coalesce(c.campaign_key, -1) AS campaign_key, coalesce(m.customer_key, k.customer_key, -1) AS customer_key,
           r.campaign_id, r.customer_id, r.contact_id, CAST(r.ts AS DATE) AS date, r.type, r.value, r.source, r._row
    FROM due.campaign_response r
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_campaign c ON c.campaign_id = r.campaign_id
    LEFT JOIN star_customer_map m ON m.customer_id = r.customer_id
    LEFT JOIN star_contact k ON k.contact_id = r.contact_id
    WHERE NOT coalesce(r.is_deleted, false) AND EXTRACT(year FROM r.ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
)
SELECT r.campaign_id, r.customer_id, r.contact_id, r.campaign_key, r.customer_key,
       CAST(EXTRACT(year FROM r.date) * 10000 + EXTRACT(month FROM r.date) * 100 + EXTRACT(day FROM r.date) AS INTEGER) AS date_key,
       r.date, t.response_type_key,
       coalesce(o.employee_key, -1) AS employee_key,
       coalesce(o.geo_key, -1) AS geo_key,
       r.value,
       a.customer_key IS NULL AS off_target,
       CASE WHEN r.date >= a.date THEN CAST(r.date - a.date AS INTEGER) END AS days_since_sent,
       r.source, r._row AS source_row
FROM response r
JOIN core.dim_campaign_response_type t ON t.type IS NOT DISTINCT FROM r.type AND t.response_type_key <> -1
LEFT JOIN addressed a ON a.campaign_key = r.campaign_key AND a.customer_key = r.customer_key
LEFT JOIN star_customer_owner o ON o.customer_key = r.customer_key
ORDER BY r.date, r.campaign_key, r.customer_key, t.response_type_key, r.source, r._row;
