-- The pairs of subjects that are bought together beyond taste, among the rules of one
-- order; TP18 is a subject of TP, TP391 of TP3.
WITH pair AS (
    SELECT p.name, p.a, p.b FROM (VALUES ('computing and mathematics', 'TP3', 'O1'), ('oncology and molecular biology', 'R73', 'Q7'), ('finance and statistics', 'F8', 'C8')) AS p (name, a, b)
), found AS (
    SELECT p.name, max(r.lift_by_size) AS lift
    FROM pair AS p
    LEFT JOIN score.basket_rule AS r ON r.level = 'order_subject' AND (r.antecedent_code = p.a AND r.consequent_code = p.b OR r.antecedent_code = p.b AND r.consequent_code = p.a)
    GROUP BY p.name
)
SELECT CASE WHEN EXISTS (SELECT 1 FROM truth_events) THEN '3 pairs' END AS planted,
       count(lift) || ' of them' || coalesce(', lift ' || string_agg(printf('%.1f', lift), ', ' ORDER BY name), '') AS found,
       count(lift) = 3 AND min(lift) > 1.5 AS accepted
FROM found
