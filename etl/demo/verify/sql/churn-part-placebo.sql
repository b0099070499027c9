-- In a company without effects no subject is left but by chance, and chance goes by how
-- much is bought: a model that tells more there has seen what it must not.
SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM truth_customer WHERE mode = 'partial') THEN 'nothing' END AS planted,
       printf('AUC %.3f, of how much is bought %.3f; among those bought equally often %.3f (%.3f to %.3f)', m.auc, v.auc, m.auc_equal, m.auc_equal_low, m.auc_equal_high) AS found,
       m.auc - v.auc <= 0.05 AND m.auc_equal_low <= 0.55 AS accepted
FROM score.quiet_backtest AS m
JOIN score.quiet_backtest AS v ON v."event" = m."event" AND v.origin = m.origin AND v.model = 'volume'
WHERE m."event" = 'partial' AND m.origin = '(all)' AND m.model = 'model'
