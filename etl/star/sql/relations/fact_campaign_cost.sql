-- core.fact_campaign_cost: what campaigns cost, one row a cost line. A cost
-- without a date stands on its campaign's first day.
CREATE OR REPLACE TABLE core.fact_campaign_cost AS
WITH dated AS (
    SELECT c.campaign_id, coalesce(c.date, d.start_date) AS date, c.kind, c.amount, c.source, c._row,
           coalesce(d.campaign_key, -1) AS campaign_key, coalesce(d.owner_employee_key, -1) AS employee_key
    FROM due.campaign_cost c
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_campaign m ON m.campaign_id = c.campaign_id
    LEFT JOIN core.dim_campaign d ON d.campaign_key = m.campaign_key
    WHERE NOT coalesce(c.is_deleted, false)
      AND coalesce(EXTRACT(year FROM c.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, true)
)
SELECT c.campaign_id, c.campaign_key,
       coalesce(CAST(EXTRACT(year FROM c.date) * 10000 + EXTRACT(month FROM c.date) * 100 + EXTRACT(day FROM c.date) AS INTEGER), -1) AS date_key,
       c.date, k.cost_kind_key, c.employee_key, c.amount, c.source, c._row AS source_row
FROM dated c
JOIN core.dim_campaign_cost_kind k ON k.kind IS NOT DISTINCT FROM c.kind AND k.cost_kind_key <> -1
ORDER BY c.date NULLS LAST, c.campaign_key, k.cost_kind_key, c.source, c._row;
