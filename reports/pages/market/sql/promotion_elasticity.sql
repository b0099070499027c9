-- Elasticity by group.
SELECT e."grouping", e.name, e.customers, e.share, e.elasticity, e.low, e.high
FROM score.elasticity AS e
ORDER BY CASE e."grouping" WHEN 'all' THEN 0 WHEN 'class' THEN 1 ELSE 2 END, e.elasticity, e.name
