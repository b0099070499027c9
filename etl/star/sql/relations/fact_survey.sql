-- core.fact_survey: answers to surveys, one row each. Promoters answer 9 or 10,
-- detractors up to 6. An answer about a ticket belongs to who dealt with it.
CREATE OR REPLACE TABLE core.fact_survey AS
WITH answer AS (
    SELECT s.survey_id, s.ticket_id, s.customer_id, s.date, s.question, s.score, s.source, s._row,
           coalesce(m.customer_key, t.customer_key, -1) AS customer_key
    FROM due.survey_response s
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_customer_map m ON m.customer_id = s.customer_id
    LEFT JOIN star_ticket t ON t.ticket_id = s.ticket_id
    WHERE NOT coalesce(s.is_deleted, false) AND EXTRACT(year FROM s.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
)
SELECT a.survey_id, a.customer_id, a.ticket_id, a.customer_key,
       coalesce(f.employee_key, o.employee_key, -1) AS employee_key,
       coalesce(f.ticket_kind_key, -1) AS ticket_kind_key,
       q.question_key,
       coalesce(o.geo_key, -1) AS geo_key,
       CAST(EXTRACT(year FROM a.date) * 10000 + EXTRACT(month FROM a.date) * 100 + EXTRACT(day FROM a.date) AS INTEGER) AS date_key,
       a.date,
       CASE WHEN a.score IS NOT NULL THEN 1 ELSE 0 END AS answers,
       CAST(a.score AS INTEGER) AS score,
       CASE WHEN a.score >= 9 THEN 1 ELSE 0 END AS promoters,
       CASE WHEN a.score IN (7, 8) THEN 1 ELSE 0 END AS passives,
       CASE WHEN a.score <= 6 THEN 1 ELSE 0 END AS detractors,
       a.source, a._row AS source_row
FROM answer a
JOIN core.dim_survey_question q ON q.question IS NOT DISTINCT FROM a.question AND q.question_key <> -1
LEFT JOIN core.fact_ticket f ON f.ticket_id = a.ticket_id
LEFT JOIN star_customer_owner o ON o.customer_key = a.customer_key
ORDER BY a.date, a.survey_id, a.source, a._row;
