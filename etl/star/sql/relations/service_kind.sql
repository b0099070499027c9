-- What is told apart in tickets and surveys. Kinds of tickets come and go as causes
-- are found: they keep the places they had. A kind stays where the cause is not known
-- yet, also while the cause of all its tickets is: else those behind it would move
-- whenever the last of them is told.
CREATE OR REPLACE TABLE core.dim_ticket_kind AS
WITH kind AS (
    SELECT type, channel, severity, dept, root_cause, coalesce(is_complaint, type = 'complaint', false) AS is_complaint FROM stage.ticket
    UNION
    SELECT type, channel, severity, dept, NULL, coalesce(is_complaint, type = 'complaint', false) FROM stage.ticket
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, k.type NULLS LAST, k.channel NULLS LAST, k.severity NULLS LAST, k.dept NULLS LAST, k.root_cause NULLS LAST, k.is_complaint) AS INTEGER) AS ticket_kind_key,
       k.type, k.channel, k.severity, k.dept, k.root_cause, k.is_complaint
FROM kind k
LEFT JOIN meta.star_key place ON place.dim = 'ticket_kind' AND place.id = CAST(json_array(k.type, k.channel, k.severity, k.dept, k.root_cause, k.is_complaint) AS VARCHAR)
UNION ALL
SELECT -1, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)', NULL
ORDER BY ticket_kind_key;

CREATE OR REPLACE TABLE core.dim_survey_question AS
SELECT CAST(row_number() OVER (ORDER BY question NULLS LAST) AS INTEGER) AS question_key, question
FROM (SELECT DISTINCT question FROM stage.survey_response) k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY question_key;
