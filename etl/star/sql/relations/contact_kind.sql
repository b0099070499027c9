-- What is told apart in contacts with customers.
CREATE OR REPLACE TABLE core.dim_activity_kind AS
SELECT CAST(row_number() OVER (ORDER BY type NULLS LAST, purpose NULLS LAST, result NULLS LAST) AS INTEGER) AS activity_kind_key,
       type,
       CASE WHEN type IN ('visit', 'meeting', 'demo') THEN 'face to face' WHEN type IN ('call_out', 'call_in') THEN 'telephone'
            WHEN type = 'mail' THEN 'letter' END AS form,
       CASE WHEN type = 'call_in' THEN 'in' WHEN type IS NOT NULL THEN 'out' END AS direction,
       purpose, result
FROM (SELECT DISTINCT type, purpose, result FROM stage.activity) k
UNION ALL
SELECT -1, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)'
ORDER BY activity_kind_key;

CREATE OR REPLACE TABLE core.dim_message_direction AS
SELECT CAST(number AS INTEGER) AS direction_key, direction
FROM (VALUES (1, 'in'), (2, 'out'), (-1, '(unknown)')) AS d (number, direction)
ORDER BY direction_key;

CREATE OR REPLACE TABLE core.dim_referrer AS
SELECT CAST(row_number() OVER (ORDER BY referrer NULLS LAST) AS INTEGER) AS referrer_key, referrer
FROM (SELECT DISTINCT referrer FROM stage.web_session) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY referrer_key;
