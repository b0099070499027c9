-- What the losing customers cost above others of their type: the first reason.
SELECT p.reason_1, count(*) AS "customers", sum(p.excess_1) AS "excess", sum(p.contribution) AS "contribution"
FROM score.customer_profit AS p
WHERE p.contribution < 0 AND p.reason_1 <> ''
GROUP BY p.reason_1
ORDER BY "excess" DESC, p.reason_1
