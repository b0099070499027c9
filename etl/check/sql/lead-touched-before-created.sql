-- table: lead
-- severity: warn
-- threshold: 0.01
-- needs: lead
-- description: Leads contacted before they were opened
-- hint: Check created_date; such contacts do not count in speed to lead.
-- tested: SELECT count(*) FROM stage.lead WHERE first_touch_ts IS NOT NULL
SELECT l.lead_id, l.first_touch_ts AS value, l.created_date
FROM stage.lead l
WHERE CAST(l.first_touch_ts AS DATE) < l.created_date
