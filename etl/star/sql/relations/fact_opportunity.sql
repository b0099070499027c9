-- core.fact_opportunity: sales in the making, one row each that fills as they come
-- along. An opportunity without a day of opening stands on that of its first
-- stage. It is won or lost as it says, lost too when it is closed and does not
-- say, else open. weighted is the amount times the chance, of open ones.
CREATE OR REPLACE TABLE core.fact_opportunity AS
WITH history AS (
    SELECT h.opp_id, min(CAST(h.ts AS DATE)) AS first_date, max(CAST(h.ts AS DATE)) AS last_date, count(*) AS stages
    FROM stage.opp_stage_hist h
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(h.is_deleted, false) AND EXTRACT(year FROM h.ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
    GROUP BY h.opp_id
), opportunity AS (
    SELECT o.opp_id, coalesce(o.created_date, h.first_date) AS date, o.closed_date, o.expected_close, o.stage, o.lost_reason, o.competitor,
           CASE WHEN o.won THEN 'won' WHEN NOT o.won OR o.closed_date IS NOT NULL THEN 'lost' ELSE 'open' END AS outcome,
           coalesce(o.amount, 0) AS amount, coalesce(o.probability, 0) AS probability,
           h.last_date, coalesce(h.stages, 0) AS stages, p.as_of,
           coalesce(m.customer_key, -1) AS customer_key, coalesce(e.employee_key, -1) AS employee_key, o.lead_id, o.source, o._row
    FROM due.opportunity o
    CROSS JOIN meta.star_parameter p
    LEFT JOIN history h ON h.opp_id = o.opp_id
    LEFT JOIN star_customer_map m ON m.customer_id = o.customer_id
    LEFT JOIN star_employee e ON e.employee_id = o.owner_employee_id
    WHERE NOT coalesce(o.is_deleted, false)
      AND coalesce(EXTRACT(year FROM o.created_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, true)
)
SELECT o.opp_id, o.customer_key, o.employee_key, k.opportunity_kind_key,
       coalesce(w.geo_key, -1) AS geo_key,
       coalesce(CAST(EXTRACT(year FROM o.date) * 10000 + EXTRACT(month FROM o.date) * 100 + EXTRACT(day FROM o.date) AS INTEGER), -1) AS date_key,
       o.date,
       coalesce(CAST(EXTRACT(year FROM o.closed_date) * 10000 + EXTRACT(month FROM o.closed_date) * 100 + EXTRACT(day FROM o.closed_date) AS INTEGER), -1) AS closed_date_key,
       o.closed_date,
       coalesce(CAST(EXTRACT(year FROM o.expected_close) * 10000 + EXTRACT(month FROM o.expected_close) * 100 + EXTRACT(day FROM o.expected_close) AS INTEGER), -1) AS expected_date_key,
       o.expected_close,
       o.lead_id,
       CASE WHEN o.outcome = 'open' THEN 1 ELSE 0 END AS open,
       CASE WHEN o.outcome = 'won' THEN 1 ELSE 0 END AS won,
       CASE WHEN o.outcome = 'lost' THEN 1 ELSE 0 END AS lost,
       o.amount,
       CASE WHEN o.outcome = 'open' THEN o.amount ELSE 0 END AS amount_open,
       CASE WHEN o.outcome = 'won' THEN o.amount ELSE 0 END AS amount_won,
       CASE WHEN o.outcome = 'lost' THEN o.amount ELSE 0 END AS amount_lost,
       CASE WHEN o.outcome = 'open' THEN CAST(o.amount * CAST(o.probability * 0.01 AS DECIMAL(9, 6)) AS DECIMAL(18, 4)) ELSE 0 END AS weighted,
       CASE WHEN o.outcome <> 'open' AND o.closed_date >= o.date THEN CAST(o.closed_date - o.date AS INTEGER) END AS cycle_days,
       CASE WHEN o.outcome = 'open' AND o.as_of >= o.date THEN CAST(o.as_of - o.date AS INTEGER) END AS age_days,
       CASE WHEN o.outcome = 'open' AND o.as_of >= o.last_date THEN CAST(o.as_of - o.last_date AS INTEGER) END AS stage_days,
       CASE WHEN o.outcome <> 'open' AND o.closed_date IS NOT NULL AND o.expected_close IS NOT NULL THEN CAST(o.closed_date - o.expected_close AS INTEGER) END AS slip_days,
       CASE WHEN o.outcome = 'open' AND o.expected_close < o.as_of THEN 1 ELSE 0 END AS overdue,
       CAST(o.stages AS INTEGER) AS stages,
       o.source, o._row AS source_row
FROM opportunity o
JOIN core.dim_opportunity_kind k ON k.outcome = o.outcome AND k.stage IS NOT DISTINCT FROM o.stage AND k.lost_reason IS NOT DISTINCT FROM o.lost_reason
     AND k.competitor IS NOT DISTINCT FROM o.competitor AND k.opportunity_kind_key <> -1
LEFT JOIN star_customer_owner w ON w.customer_key = o.customer_key
ORDER BY o.date NULLS LAST, o.opp_id;
