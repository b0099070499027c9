-- table: campaign
-- severity: warn
-- threshold: 0.01
-- needs: campaign
-- description: Campaigns that end before they start
-- hint: Check the planned and actual dates in the source.
-- tested: SELECT count(*) FROM stage.campaign
SELECT c.campaign_id, coalesce(c.act_end, c.plan_end) AS value, coalesce(c.act_start, c.plan_start) AS starts
FROM stage.campaign c
WHERE c.act_end < c.act_start OR c.plan_end < c.plan_start
