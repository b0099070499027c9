CREATE OR REPLACE TABLE score.recommendation (
  customer_key INTEGER, geo_key INTEGER, employee_key INTEGER, list VARCHAR, rank INTEGER, title_key INTEGER, clc_key INTEGER, publisher_key INTEGER, date_key INTEGER,
  score DOUBLE, model VARCHAR, is_next BOOLEAN, reason_en VARCHAR, reason_zh VARCHAR, is_holdout BOOLEAN);
CREATE TABLE IF NOT EXISTS score.offer (
  offered_on DATE, customer_id VARCHAR, title_id VARCHAR, list VARCHAR, rank INTEGER, model VARCHAR, is_holdout BOOLEAN);
DELETE FROM score.offer WHERE offered_on < CAST('{as_of}' AS DATE) - 400 OR offered_on >= CAST('{as_of}' AS DATE);
