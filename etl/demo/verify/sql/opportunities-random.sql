-- Whether an opportunity is won is drawn by chance: no model may claim to know.
SELECT CASE WHEN count(*) > 0 THEN 'nothing' END AS planted,
       CASE WHEN bool_or(p.value LIKE 'none%') THEN 'no model, the base rate' ELSE max(p.value) END AS found,
       bool_or(p.value LIKE 'none%') AS accepted
FROM card.parameter p
WHERE p.model = 'leads' AND p.name = 'opportunity.model'
