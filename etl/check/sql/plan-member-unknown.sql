-- table: plan
-- severity: warn
-- threshold: 0
-- needs: plan
-- description: Plan rows for members that are not there
-- hint: They count under (unknown); write the class code, region code, channel, employee or customer id as the master tables have it.
-- tested: SELECT count(*) FROM core.fact_plan
SELECT DISTINCT dimension, member AS value
FROM core.fact_plan
WHERE scope IN ('class', 'region', 'channel', 'salesperson', 'customer')
  AND clc_key = -1 AND geo_key = -1 AND channel_key = -1 AND employee_key = -1 AND customer_key = -1
