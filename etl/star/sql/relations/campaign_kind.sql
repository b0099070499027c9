-- What is told apart in the dealings of campaigns: kinds of cost, kinds of
-- response, and the arm of a target with the number of its mail in the month.
CREATE OR REPLACE TABLE core.dim_campaign_cost_kind AS
SELECT CAST(row_number() OVER (ORDER BY kind NULLS LAST) AS INTEGER) AS cost_kind_key, kind
FROM (SELECT DISTINCT kind FROM stage.campaign_cost) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY cost_kind_key;

CREATE OR REPLACE TABLE core.dim_campaign_response_type AS
SELECT CAST(row_number() OVER (ORDER BY type NULLS LAST) AS INTEGER) AS response_type_key, type
FROM (SELECT DISTINCT type FROM stage.campaign_response) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY response_type_key;

-- The arms, with the sends of a month up to the fourth and more; 0 is not sent.
CREATE OR REPLACE TABLE core.dim_campaign_arm AS
SELECT CAST(a.arm_no * 5 + s.send_no AS INTEGER) AS arm_key, a.arm, CAST(s.send_no AS INTEGER) AS send_no,
       CASE s.send_no WHEN 0 THEN 'not sent' WHEN 4 THEN '4 and more' ELSE CAST(s.send_no AS VARCHAR) END AS send_band
FROM (VALUES ('treat', 0), ('control', 1)) AS a (arm, arm_no)
CROSS JOIN (VALUES (0), (1), (2), (3), (4)) AS s (send_no)
UNION ALL
SELECT -1, '(unknown)', NULL, '(unknown)'
ORDER BY arm_key;
