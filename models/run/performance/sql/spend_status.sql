-- What can have become of a customer's spend, in the order it is told.
CREATE OR REPLACE TABLE score.spend_status AS
SELECT CAST(k.no AS INTEGER) AS status_key, k.status
FROM (VALUES (1, 'new'), (2, 'back'), (3, 'up'), (4, 'even'), (5, 'down'), (6, 'lost'), (7, 'unknown')) AS k (no, status)
ORDER BY k.no
