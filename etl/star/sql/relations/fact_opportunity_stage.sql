-- core.fact_opportunity_stage: one row an opportunity and stage it entered, with
-- the days it stayed: until the next entry, or, in the last stage of an open
-- opportunity, so far. The stage an opportunity ended in has no days.
CREATE OR REPLACE TABLE core.fact_opportunity_stage AS
WITH entry AS (
    SELECT h.opp_id, h.stage, h.ts, h.source, h._row,
           row_number() OVER (PARTITION BY h.opp_id ORDER BY h.ts, h.source, h._row) AS place,
           lead(h.ts) OVER (PARTITION BY h.opp_id ORDER BY h.ts, h.source, h._row) AS next_ts
    FROM stage.opp_stage_hist h
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(h.is_deleted, false) AND EXTRACT(year FROM h.ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
), mine AS (
    SELECT e.opp_id, e.stage, e.ts, e.source, e._row, e.place, e.next_ts
    FROM entry e
    JOIN (SELECT DISTINCT opp_id FROM due.opp_stage_hist) d ON d.opp_id = e.opp_id
)
SELECT e.opp_id,
       coalesce(f.customer_key, -1) AS customer_key,
       coalesce(f.employee_key, -1) AS employee_key,
       coalesce(f.opportunity_kind_key, -1) AS opportunity_kind_key,
       coalesce(f.geo_key, -1) AS geo_key,
       s.opportunity_stage_key,
       CAST(EXTRACT(year FROM e.ts) * 10000 + EXTRACT(month FROM e.ts) * 100 + EXTRACT(day FROM e.ts) AS INTEGER) AS date_key,
       CAST(e.ts AS DATE) AS date,
       CAST(e.place AS INTEGER) AS place,
       CASE WHEN e.next_ts IS NOT NULL THEN CAST(CAST(e.next_ts AS DATE) - CAST(e.ts AS DATE) AS INTEGER)
            WHEN f.open = 1 AND p.as_of >= CAST(e.ts AS DATE) THEN CAST(p.as_of - CAST(e.ts AS DATE) AS INTEGER) END AS days,
       CASE WHEN e.next_ts IS NOT NULL THEN 1 ELSE 0 END AS left_stage,
       CASE WHEN e.next_ts IS NULL AND f.open = 1 THEN 1 ELSE 0 END AS is_in_stage,
       coalesce(f.amount, 0) AS amount,
       e.source, e._row AS source_row
FROM mine e
CROSS JOIN meta.star_parameter p
JOIN core.dim_opportunity_stage s ON s.stage = e.stage
LEFT JOIN core.fact_opportunity f ON f.opp_id = e.opp_id
ORDER BY e.opp_id, e.place;
