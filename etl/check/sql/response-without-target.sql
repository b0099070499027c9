-- table: campaign_response
-- severity: warn
-- threshold: 0.05
-- needs: campaign_response, campaign_target
-- description: Responses of customers whom their campaign had not addressed
-- hint: Such responses count for the campaign, but in no rate; check that campaign_target is complete.
-- tested: SELECT count(*) FROM core.fact_campaign_response f JOIN core.dim_campaign_response_type t ON t.response_type_key = f.response_type_key WHERE t.type <> 'order'
SELECT f.campaign_id, f.customer_id, f.date AS value
FROM core.fact_campaign_response f
JOIN core.dim_campaign_response_type t ON t.response_type_key = f.response_type_key
WHERE f.off_target AND t.type <> 'order'
