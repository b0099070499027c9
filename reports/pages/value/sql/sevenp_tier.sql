-- Mean scores by tier, largest customers first, and of all; parameter-free.
SELECT CASE WHEN GROUPING(s.tier) = 1 THEN '(all)' ELSE s.tier END AS tier, count(*) AS customers, avg(s.composite) AS composite,
       avg(s.profiling) AS p1, avg(s.persistency) AS p2, avg(s.profitability) AS p3, avg(s.performance) AS p4, avg(s.prospecting) AS p5, avg(s.product) AS p6, avg(s.promotion) AS p7
FROM score.sevenp AS s
GROUP BY GROUPING SETS ((s.tier), ())
ORDER BY CASE WHEN GROUPING(s.tier) = 1 THEN 9 WHEN s.tier = 'top' THEN 1 WHEN s.tier = 'major' THEN 2 WHEN s.tier = 'ordinary' THEN 3 WHEN s.tier = 'small' THEN 4 ELSE 5 END, tier
