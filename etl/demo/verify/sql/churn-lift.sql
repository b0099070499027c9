-- How many times as often as all those stop whom the model ranks first, of customers
-- with twelve order days and more: of others half stop, so that none can stop three
-- times as often.
SELECT CASE WHEN (SELECT count(*) FROM truth_customer WHERE death_date IS NOT NULL) > 0 THEN 'some of many leave' END AS planted,
       printf('%.1f times, of %.0f %% who stop', max(b.lift), 100 * max(b.rate)) AS found,
       max(b.lift) >= 3 AS accepted
FROM score.churn_backtest AS b
WHERE b.model = 'model' AND b.origin = '(all)' AND b.segment = '(12 order days and more)'
