-- Do the large get faster answers? By tier of the customer. Parameters: first and last day.
SELECT coalesce(y.tier, '') AS tier, count(*) AS tickets, count(DISTINCT k.customer_key) AS customers, CAST(quantile_disc(k.response_hours, 0.5) AS DOUBLE) AS response_50, CAST(quantile_disc(k.response_hours, 0.9) AS DOUBLE) AS response_90,
       CAST(quantile_disc(k.resolution_hours, 0.5) AS DOUBLE) AS resolution_50, CAST(quantile_disc(k.resolution_hours, 0.9) AS DOUBLE) AS resolution_90, sum(k.complaints) AS complaints, CAST(sum(k.breached) AS DOUBLE) / nullif(count(k.breached), 0) AS breached
FROM core.fact_ticket AS k
LEFT JOIN score.pyramid AS y ON y.customer_key = k.customer_key AND y.basis = 'revenue'
WHERE k.date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY coalesce(y.tier, '')
ORDER BY min(coalesce(y.tier_no, 99)), tier
