-- Time spent on tickets of low severity that are no complaints, in twelve months.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), ticket AS (
    SELECT t.minutes, t.first_contact, t.resolved, k.type, k.severity = 'low' AND NOT coalesce(k.is_complaint, false) AS is_simple
    FROM core.fact_ticket AS t
    INNER JOIN core.dim_ticket_kind AS k ON k.ticket_kind_key = t.ticket_kind_key
    CROSS JOIN run AS r
    WHERE t.date BETWEEN r.since AND r.as_of
), kind AS (
    SELECT t.type, sum(t.minutes) AS minutes, row_number() OVER (ORDER BY sum(t.minutes) DESC NULLS LAST, t.type) AS place
    FROM ticket AS t
    WHERE t.is_simple
    GROUP BY t.type
), total AS (
    SELECT sum(CASE WHEN t.is_simple THEN 1 ELSE 0 END) AS simple, sum(CASE WHEN t.is_simple THEN t.minutes END) AS minutes, sum(t.minutes) AS all_minutes,
           sum(CASE WHEN t.is_simple THEN t.first_contact END) AS first_contact, sum(CASE WHEN t.is_simple THEN t.resolved END) AS resolved
    FROM ticket AS t
)
SELECT t.simple AS found_n, CAST(t.minutes AS DOUBLE) / 60 AS simple_hours, CAST(t.all_minutes AS DOUBLE) / 60 AS all_hours,
       CAST(t.minutes AS DOUBLE) / nullif(CAST(t.all_minutes AS DOUBLE), 0) AS simple_pct, CAST(t.first_contact AS DOUBLE) / nullif(CAST(t.resolved AS DOUBLE), 0) AS first_pct,
       k.type AS kind_word, CAST(k.minutes AS DOUBLE) / 60 AS kind_hours
FROM total AS t
LEFT JOIN kind AS k ON k.place = 1
