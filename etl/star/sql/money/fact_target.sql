-- core.fact_target: targets by month (date_key is its first day), one row a month of
-- a row of stage.target. The column of its measure holds the value (net, margin,
-- copies, orders, new_customers, visits; other_value for any other measure).
-- Measures of totals count rows that lead (see star_goal_month) only.
CREATE OR REPLACE TABLE core.fact_target AS
SELECT CAST(date_key AS INTEGER) AS date_key, period, is_spread, is_leading, is_remainder, dimension, scope, member, measure, goal, clc_key, geo_key, channel_key,
       employee_key, customer_key, value,
       CASE WHEN goal = 'net' THEN value END AS net, CASE WHEN goal = 'margin' THEN value END AS margin,
       CASE WHEN goal = 'copies' THEN CAST(round(value, 0) AS BIGINT) END AS copies,
       CASE WHEN goal = 'orders' THEN CAST(round(value, 0) AS BIGINT) END AS orders,
       CASE WHEN goal = 'new_customers' THEN CAST(round(value, 0) AS BIGINT) END AS new_customers,
       CASE WHEN goal = 'visits' THEN CAST(round(value, 0) AS BIGINT) END AS visits,
       CASE WHEN goal = 'other' THEN value END AS other_value,
       source, _row AS source_row
FROM star_goal_month
WHERE kind = 'target'
ORDER BY date_key, goal, scope, member NULLS LAST, source NULLS LAST, source_row NULLS LAST, dimension, value;
