-- How often, in the backtest, one who stopped is ranked above one of the same type
-- who did not: the mean over the types of organisations, by customers. Individual
-- readers order less than once a year, so when they do is mostly chance.
WITH type AS (
    SELECT b.segment, b.auc, b.customers FROM score.churn_backtest AS b
    WHERE b.model = 'model' AND b.origin = '(all)' AND b.segment NOT LIKE '(%' AND b.segment <> 'individual' AND b.auc IS NOT NULL
), whole AS (
    SELECT max(CASE WHEN b.model = 'model' THEN b.auc END) AS auc, max(CASE WHEN b.model = 'recency' THEN b.auc END) AS recency FROM score.churn_backtest AS b WHERE b.origin = '(all)' AND b.segment = '(all)'
)
SELECT CASE WHEN (SELECT count(*) FROM truth_customer WHERE death_date IS NOT NULL) > 0 THEN 'leaving behind silence of the season, lumpy orders, fading and sleep' END AS planted,
       printf('AUC %.3f within the types of organisations; %.3f over all customers, by days since the last order alone %.3f', sum(auc * customers) / sum(customers), (SELECT auc FROM whole), (SELECT recency FROM whole)) AS found,
       sum(auc * customers) / sum(customers) >= 0.8 AS accepted
FROM type
