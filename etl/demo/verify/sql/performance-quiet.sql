-- What must not be found: effects on the whole company in the last four quarters, in
-- which none is planted (of about sixty judged one may be, by chance), and partners,
-- stages and large losing people beyond those planted. A company of few customers has
-- all of these by chance.
WITH recent AS (
    SELECT comparison FROM (SELECT comparison, row_number() OVER (ORDER BY after_from DESC) AS age FROM score.bridge_comparison WHERE kind = 'quarter') AS q WHERE age <= 4
), counted AS (
    SELECT (SELECT count(*) FROM score.bridge b JOIN recent r ON r.comparison = b.comparison WHERE b.is_alarm AND b.level = 'total') AS effects,
           (SELECT count(*) FROM score.bridge b JOIN recent r ON r.comparison = b.comparison WHERE b.is_alarm AND b.level = 'currency' AND b.member NOT IN (SELECT subject FROM truth_events WHERE code = 'fx_shock')) AS currencies,
           (SELECT count(*) FROM score.partner p JOIN core.dim_customer c ON c.customer_key = p.customer_key WHERE p.finding <> '' AND c.customer_id NOT IN (SELECT CAST(customer_id AS VARCHAR) FROM truth_customer WHERE plant = 'agent_unsold')) AS partners,
           (SELECT count(*) FROM score.salesperson s JOIN core.dim_employee e ON e.employee_key = s.employee_key WHERE s.finding = 'large and losing' AND e.employee_id NOT IN (SELECT CAST(id AS VARCHAR) FROM truth_events WHERE code = 'salesperson_x')) AS people,
           (SELECT count(*) FROM score.stage_alarm f WHERE f.is_alarm AND NOT EXISTS (SELECT 1 FROM truth_events t WHERE t.code IN ('customs_review', 'inspection_slow') AND f.month BETWEEN t."from" AND t."to")) AS stages
)
SELECT (SELECT CASE WHEN count(*) >= 1000 THEN 'nothing' END FROM core.dim_customer) AS planted,
       printf('%d effects, %d currencies, %d partners, %d people, %d months of stages', effects, currencies, partners, people, stages) AS found,
       effects + currencies <= 1 AND partners + people + stages = 0 AS accepted
FROM counted
