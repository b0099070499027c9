-- core.fact_lead: prospects, one row each that fills as they come along: first
-- touch, customer, first order. A lead is lost when it says why or its status is
-- lost, and open while neither lost nor a customer.
CREATE OR REPLACE TABLE core.fact_lead AS
WITH lead AS (
    SELECT l.lead_id, l.created_date, CAST(l.first_touch_ts AS DATE) AS touch_date, l.lead_source, l.status, l.lost_reason, l.score_manual,
           l.converted_customer_id IS NOT NULL AS converted,
           l.lost_reason IS NOT NULL OR lower(l.status) IN ('lost', 'disqualified', 'dead') AS lost,
           coalesce(m.customer_key, -1) AS customer_key, coalesce(c.campaign_key, -1) AS campaign_key,
           coalesce(g.geo_key, m.geo_key, -1) AS geo_key, l.source, l._row
    FROM due.lead l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_customer_map m ON m.customer_id = l.converted_customer_id
    LEFT JOIN star_campaign c ON c.campaign_id = l.campaign_id
    LEFT JOIN core.dim_geo g ON g.region_code = l.region_code
    WHERE NOT coalesce(l.is_deleted, false) AND EXTRACT(year FROM l.created_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
)
SELECT l.lead_id, l.customer_key, l.campaign_key, k.lead_kind_key, l.geo_key,
       coalesce(o.employee_key, -1) AS employee_key,
       CAST(EXTRACT(year FROM l.created_date) * 10000 + EXTRACT(month FROM l.created_date) * 100 + EXTRACT(day FROM l.created_date) AS INTEGER) AS date_key,
       l.created_date AS date,
       coalesce(CAST(EXTRACT(year FROM l.touch_date) * 10000 + EXTRACT(month FROM l.touch_date) * 100 + EXTRACT(day FROM l.touch_date) AS INTEGER), -1) AS touch_date_key,
       CASE WHEN l.touch_date >= l.created_date THEN CAST(l.touch_date - l.created_date AS INTEGER) END AS days_to_touch,
       CASE WHEN o.first_order_date >= l.created_date THEN CAST(o.first_order_date - l.created_date AS INTEGER) END AS days_to_order,
       CASE WHEN l.touch_date IS NOT NULL THEN 1 ELSE 0 END AS touched,
       CASE WHEN l.touch_date IS NULL THEN 1 ELSE 0 END AS untouched,
       CASE WHEN l.converted THEN 1 ELSE 0 END AS converted,
       CASE WHEN NOT l.converted AND l.lost THEN 1 ELSE 0 END AS lost,
       CASE WHEN NOT l.converted AND NOT coalesce(l.lost, false) THEN 1 ELSE 0 END AS open,
       CASE WHEN o.first_order_date >= l.created_date THEN 1 ELSE 0 END AS ordered,
       CAST(l.score_manual AS DECIMAL(18, 4)) AS score,
       l.source, l._row AS source_row
FROM lead l
JOIN core.dim_lead_kind k ON k.lead_source IS NOT DISTINCT FROM l.lead_source AND k.status IS NOT DISTINCT FROM l.status
     AND k.lost_reason IS NOT DISTINCT FROM l.lost_reason AND k.lead_kind_key <> -1
LEFT JOIN star_customer_owner o ON o.customer_key = l.customer_key
ORDER BY l.created_date, l.lead_id;
