-- Every staged row of the dealings with customers is in its fact or in quarantine.
INSERT INTO meta.star_balance (table_name, staged, fact_order_line, fact_return, facts, quarantined)
SELECT 'campaign_cost', (SELECT count(*) FROM stage.campaign_cost), 0, 0, (SELECT count(*) FROM core.fact_campaign_cost),
       (SELECT count(*) FROM quarantine.campaign_cost WHERE reason IN ('deleted in source', 'date: outside the calendar'))
UNION ALL
SELECT 'campaign_target', (SELECT count(*) FROM stage.campaign_target), 0, 0, (SELECT count(*) FROM core.fact_campaign_target),
       (SELECT count(*) FROM quarantine.campaign_target WHERE reason IN ('deleted in source', 'sent_ts: outside the calendar'))
UNION ALL
SELECT 'campaign_response', (SELECT count(*) FROM stage.campaign_response), 0, 0, (SELECT count(*) FROM core.fact_campaign_response),
       (SELECT count(*) FROM quarantine.campaign_response WHERE reason IN ('deleted in source', 'ts: outside the calendar'))
UNION ALL
SELECT 'activity', (SELECT count(*) FROM stage.activity), 0, 0, (SELECT count(*) FROM core.fact_activity),
       (SELECT count(*) FROM quarantine.activity WHERE reason IN ('deleted in source', 'start_ts: outside the calendar'))
UNION ALL
SELECT 'message', (SELECT count(*) FROM stage.message), 0, 0, (SELECT count(*) FROM core.fact_message),
       (SELECT count(*) FROM quarantine.message WHERE reason IN ('deleted in source', 'ts: outside the calendar'))
UNION ALL
SELECT 'web_session', (SELECT count(*) FROM stage.web_session), 0, 0, (SELECT count(*) FROM core.fact_web_session),
       (SELECT count(*) FROM quarantine.web_session WHERE reason IN ('deleted in source', 'start_ts: outside the calendar'))
UNION ALL
SELECT 'lead', (SELECT count(*) FROM stage.lead), 0, 0, (SELECT count(*) FROM core.fact_lead),
       (SELECT count(*) FROM quarantine.lead WHERE reason IN ('deleted in source', 'created_date: outside the calendar'))
UNION ALL
SELECT 'opportunity', (SELECT count(*) FROM stage.opportunity), 0, 0, (SELECT count(*) FROM core.fact_opportunity),
       (SELECT count(*) FROM quarantine.opportunity WHERE reason IN ('deleted in source', 'created_date: outside the calendar'))
UNION ALL
SELECT 'opp_stage_hist', (SELECT count(*) FROM stage.opp_stage_hist), 0, 0, (SELECT count(*) FROM core.fact_opportunity_stage),
       (SELECT count(*) FROM quarantine.opp_stage_hist WHERE reason IN ('deleted in source', 'ts: outside the calendar'))
UNION ALL
SELECT 'quote', (SELECT count(*) FROM stage.quote), 0, 0, (SELECT count(*) FROM core.fact_quote),
       (SELECT count(*) FROM quarantine.quote WHERE reason IN ('deleted in source', 'valid_from: outside the calendar', 'no rate'))
UNION ALL
SELECT 'contract', (SELECT count(*) FROM stage.contract), 0, 0, (SELECT count(*) FROM core.fact_contract),
       (SELECT count(*) FROM quarantine.contract WHERE reason IN ('deleted in source', 'start_date: outside the calendar'))
UNION ALL
SELECT 'ticket', (SELECT count(*) FROM stage.ticket), 0, 0, (SELECT count(*) FROM core.fact_ticket),
       (SELECT count(*) FROM quarantine.ticket WHERE reason IN ('deleted in source', 'opened_ts: outside the calendar'))
UNION ALL
SELECT 'survey_response', (SELECT count(*) FROM stage.survey_response), 0, 0, (SELECT count(*) FROM core.fact_survey),
       (SELECT count(*) FROM quarantine.survey_response WHERE reason IN ('deleted in source', 'date: outside the calendar'));
