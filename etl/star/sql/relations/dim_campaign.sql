-- core.dim_campaign: programme > campaign > wave by the parents: the programme is
-- the campaign at the top, itself when it has none.
CREATE OR REPLACE TABLE core.dim_campaign AS
WITH named AS (
    SELECT c.campaign_key, c.campaign_id, c.is_inferred, coalesce(s.name, CAST(c.campaign_id AS VARCHAR)) AS name,
           s.type, s.medium, s.place, s.plan_start, s.plan_end, s.act_start, s.act_end, s.owner_employee_id, s.budget, s.objective, s.predicted_effect
    FROM star_campaign c
    LEFT JOIN stage.campaign s ON s.campaign_id = c.campaign_id
)
SELECT n.campaign_key,
       CAST(n.campaign_id AS VARCHAR) AS campaign_id,
       n.name,
       coalesce(t.parent_key, -1) AS parent_key,
       coalesce(top.campaign_key, n.campaign_key) AS programme_key,
       coalesce(top.name, n.name) AS programme,
       CAST(coalesce(t.depth, 0) + 1 AS INTEGER) AS level,
       n.type, n.medium, n.place, n.plan_start, n.plan_end, n.act_start, n.act_end,
       coalesce(n.act_start, n.plan_start) AS start_date,
       CAST(EXTRACT(year FROM coalesce(n.act_start, n.plan_start)) AS INTEGER) AS year,
       CAST(n.act_start - n.plan_start AS INTEGER) AS start_slip_days,
       CAST(n.act_end - n.plan_end AS INTEGER) AS end_slip_days,
       coalesce(e.employee_key, -1) AS owner_employee_key,
       n.budget, n.objective, n.predicted_effect, n.is_inferred
FROM named n
LEFT JOIN star_tree t ON t.subject = 'campaign' AND t.member_key = n.campaign_key
LEFT JOIN named top ON top.campaign_key = t.root_key
LEFT JOIN star_employee e ON e.employee_id = n.owner_employee_id
UNION ALL
SELECT -1, NULL, '(unknown)', -1, -1, '(unknown)', NULL, '(unknown)', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1,
       NULL, NULL, NULL, false
ORDER BY campaign_key;

INSERT INTO meta.star_note
SELECT 'campaign', CAST(c.campaign_id AS VARCHAR), 'its parents go round in a circle: cut here'
FROM star_campaign c
JOIN star_tree t ON t.subject = 'campaign' AND t.member_key = c.campaign_key AND t.is_cut
ORDER BY c.campaign_key;
