-- What is suggested for how many customers, and what they bring.
SELECT v.policy, v.en, v.zh, v.visits_a_year, v.answer_days, count(s.customer_key) AS customers, coalesce(sum(p.net_sales), 0) AS net, CASE WHEN count(s.customer_key) = 0 THEN 0 ELSE sum(p.contribution) END AS contribution
FROM score.service_policy AS v
LEFT JOIN score.sevenp AS s ON s.policy_no = v.policy_no
LEFT JOIN score.customer_profit AS p ON p.customer_key = s.customer_key
GROUP BY v.policy_no, v.policy, v.en, v.zh, v.visits_a_year, v.answer_days
ORDER BY v.policy_no
