-- What is told apart in leads and opportunities.
CREATE OR REPLACE TABLE core.dim_lead_kind AS
SELECT CAST(row_number() OVER (ORDER BY lead_source NULLS LAST, status NULLS LAST, lost_reason NULLS LAST) AS INTEGER) AS lead_kind_key,
       lead_source, status, lost_reason
FROM (SELECT DISTINCT lead_source, status, lost_reason FROM stage.lead) k
UNION ALL
SELECT -1, '(unknown)', '(unknown)', '(unknown)'
ORDER BY lead_kind_key;

CREATE OR REPLACE TABLE core.dim_opportunity_kind AS
SELECT CAST(row_number() OVER (ORDER BY outcome_no, stage NULLS LAST, lost_reason NULLS LAST, competitor NULLS LAST) AS INTEGER) AS opportunity_kind_key,
       CASE outcome_no WHEN 1 THEN 'open' WHEN 2 THEN 'won' ELSE 'lost' END AS outcome, stage, lost_reason, competitor
FROM (
    SELECT DISTINCT CASE WHEN won THEN 2 WHEN NOT won OR closed_date IS NOT NULL THEN 3 ELSE 1 END AS outcome_no, stage, lost_reason, competitor
    FROM stage.opportunity
) k
UNION ALL
SELECT -1, '(unknown)', '(unknown)', '(unknown)', '(unknown)'
ORDER BY opportunity_kind_key;

CREATE OR REPLACE TABLE core.dim_opportunity_stage AS
SELECT CAST(row_number() OVER (ORDER BY stage) AS INTEGER) AS opportunity_stage_key, stage
FROM (SELECT DISTINCT stage FROM stage.opp_stage_hist WHERE stage IS NOT NULL) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY opportunity_stage_key;
