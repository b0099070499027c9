CREATE TABLE IF NOT EXISTS score.offer (
  offered_on DATE, customer_id VARCHAR, title_id VARCHAR, list VARCHAR, rank INTEGER, model VARCHAR, is_holdout BOOLEAN);
DELETE FROM score.offer WHERE offered_on < CAST('{as_of}' AS DATE) - 400 OR offered_on >= CAST('{as_of}' AS DATE);
