-- When a supplier went out of control: since is the first week of the run that led
-- to the alarm, alarmed the week of the purchase orders that raised it, ended the
-- week it was over, or none.
CREATE OR REPLACE TABLE score.supplier_alarm AS
SELECT CAST(f.supplier_key AS INTEGER) AS supplier_key, f.measure, DATE '1970-01-01' + CAST(f.since AS INTEGER) AS since, DATE '1970-01-01' + CAST(f.alarmed AS INTEGER) AS alarmed,
       CASE WHEN f.ended >= 0 THEN DATE '1970-01-01' + CAST(f.ended AS INTEGER) END AS ended, f.usual, f.level, CAST(f.cases AS INTEGER) AS cases
FROM temp.main.fitted AS f
ORDER BY f.supplier_key, f.measure, f.since
