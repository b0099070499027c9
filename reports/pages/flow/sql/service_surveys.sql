-- Satisfaction by quarter: the last nine that have begun. Parameter: the as-of date.
SELECT CAST(date_trunc('quarter', date) AS DATE) AS quarter, sum(answers) AS answers, CAST(sum(score) AS DOUBLE) / nullif(sum(answers), 0) AS mean, CAST(sum(promoters) - sum(detractors) AS DOUBLE) / nullif(sum(answers), 0) AS nps,
       CAST(sum(promoters) AS DOUBLE) / nullif(sum(answers), 0) AS promoters, CAST(sum(detractors) AS DOUBLE) / nullif(sum(answers), 0) AS detractors
FROM core.fact_survey
WHERE date <= CAST(? AS DATE) AND date >= date_trunc('quarter', CAST(? AS DATE)) - INTERVAL 24 MONTH
GROUP BY date_trunc('quarter', date)
HAVING sum(answers) > 0
ORDER BY quarter
