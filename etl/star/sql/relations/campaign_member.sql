-- Campaigns: those of stage.campaign, or, when it was not supplied, those that
-- orders, targets, costs, responses and leads name.
CREATE OR REPLACE TEMP TABLE star_campaign AS
WITH mentioned AS (
    SELECT campaign_id FROM stage.order_header
    UNION SELECT campaign_id FROM stage.campaign_target
    UNION SELECT campaign_id FROM stage.campaign_cost
    UNION SELECT campaign_id FROM stage.campaign_response
    UNION SELECT campaign_id FROM stage.lead
), supplied AS (
    SELECT count(*) AS n FROM meta.table_load WHERE table_name = 'campaign' AND supplied
), member AS (
    SELECT campaign_id, false AS is_inferred FROM stage.campaign
    UNION ALL
    SELECT m.campaign_id, true
    FROM mentioned m
    JOIN supplied s ON s.n = 0
    WHERE m.campaign_id IS NOT NULL
)
SELECT CAST(row_number() OVER (ORDER BY campaign_id) AS INTEGER) AS campaign_key, campaign_id, is_inferred
FROM member;
