-- The ages that lines are compared at, those of core.fact_order_stage.eta_p50.
CREATE OR REPLACE TEMP TABLE arrival_step AS
SELECT age, coalesce(lead(age) OVER (ORDER BY age), 1000000) AS next_age
FROM (VALUES (-1), (0), (1), (2), (3), (4), (5), (7), (9), (11), (14), (18), (22), (28), (35), (45), (60), (80), (110), (150), (210), (300)) AS s (age)
