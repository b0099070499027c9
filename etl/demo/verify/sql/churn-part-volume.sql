-- Who buys little of a subject may not come for it in half a year, and chance goes by how
-- much is bought. In a company without effects a model that tells more has seen what it
-- must not; where some do leave it tells more.
WITH tested AS (
    SELECT m.auc, v.auc AS volume, m.auc_equal AS alike, m.auc_equal_low AS low, m.auc_equal_high AS high,
           EXISTS (SELECT 1 FROM truth_customer WHERE mode = 'partial') AS planted,
           (SELECT max(k.reading) FROM card.model AS k WHERE k.model = 'part_churn') AS reading
    FROM score.quiet_backtest AS m
    JOIN score.quiet_backtest AS v ON v."event" = m."event" AND v.origin = m.origin AND v.model = 'volume'
    WHERE m."event" = 'partial' AND m.origin = '(all)' AND m.model = 'model'
)
SELECT CASE WHEN planted THEN 'some leave a subject' ELSE 'nothing' END AS planted,
       printf('AUC %.3f, of how much is bought %.3f; among those bought equally often %.3f (%.3f to %.3f)', auc, volume, alike, low, high) AS found,
       CASE WHEN planted THEN alike > 0.5 ELSE auc - volume <= 0.02 AND low <= 0.55 AND reading LIKE '%not that something is changing%' END AS accepted
FROM tested
