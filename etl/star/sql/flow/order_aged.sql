-- The open lines that are not due are those of the as-of date.
CREATE OR REPLACE TEMP TABLE star_aged AS
SELECT f.date_key, a.line_id, a.is_overdue, a.age_in_stage, a.workdays_in_stage, a.age, a.age_band_key, a.stage_age_band_key, a.eta_p50, a.eta_p90
FROM core.fact_order_stage f
JOIN star_age a ON a.line_id = f.line_id
WHERE f.is_overdue IS DISTINCT FROM a.is_overdue
   OR f.age_in_stage IS DISTINCT FROM a.age_in_stage
   OR f.workdays_in_stage IS DISTINCT FROM a.workdays_in_stage
   OR f.age IS DISTINCT FROM a.age
   OR f.age_band_key IS DISTINCT FROM a.age_band_key
   OR f.stage_age_band_key IS DISTINCT FROM a.stage_age_band_key
   OR f.eta_p50 IS DISTINCT FROM a.eta_p50
   OR f.eta_p90 IS DISTINCT FROM a.eta_p90;

INSERT INTO meta.star_day
SELECT DISTINCT 'core.fact_order_stage', a.date_key
FROM star_aged a
WHERE NOT EXISTS (SELECT 1 FROM meta.star_day d WHERE d.fact = 'core.fact_order_stage' AND d.date_key = a.date_key);

UPDATE core.fact_order_stage
SET is_overdue = a.is_overdue, age_in_stage = a.age_in_stage, workdays_in_stage = a.workdays_in_stage, age = a.age, age_band_key = a.age_band_key, stage_age_band_key = a.stage_age_band_key, eta_p50 = a.eta_p50, eta_p90 = a.eta_p90
FROM star_aged a
WHERE a.line_id = fact_order_stage.line_id;
