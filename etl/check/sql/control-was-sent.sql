-- table: campaign_target
-- severity: warn
-- threshold: 0
-- needs: campaign_target
-- description: Targets held back as control that something was sent to all the same
-- hint: A control that was addressed is no control; the lift of the campaign is too small by it.
-- tested: SELECT count(*) FROM stage.campaign_target WHERE arm = 'control'
SELECT t.campaign_id, t.customer_id, t.sent_ts AS value
FROM stage.campaign_target t
WHERE t.arm = 'control' AND t.sent_ts IS NOT NULL
