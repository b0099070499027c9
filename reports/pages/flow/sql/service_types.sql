-- Tickets by what they are about. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
)
SELECT coalesce(d.type, ''), count(CASE WHEN k.date >= s.from_1 THEN 1 END) AS tickets, count(CASE WHEN k.date <= s.to_0 THEN 1 END) AS before, sum(CASE WHEN k.date >= s.from_1 THEN k.complaints ELSE 0 END) AS complaints,
       CAST(quantile_disc(CASE WHEN k.date >= s.from_1 THEN k.response_hours END, 0.5) AS DOUBLE) AS response_50, CAST(quantile_disc(CASE WHEN k.date >= s.from_1 THEN k.response_hours END, 0.9) AS DOUBLE) AS response_90,
       CAST(quantile_disc(CASE WHEN k.date >= s.from_1 THEN k.resolution_hours END, 0.5) AS DOUBLE) AS resolution_50, CAST(quantile_disc(CASE WHEN k.date >= s.from_1 THEN k.resolution_hours END, 0.9) AS DOUBLE) AS resolution_90,
       CAST(sum(CASE WHEN k.date >= s.from_1 THEN k.breached END) AS DOUBLE) / nullif(count(CASE WHEN k.date >= s.from_1 THEN k.breached END), 0) AS breached, sum(CASE WHEN k.date >= s.from_1 THEN k.cost ELSE 0 END) AS cost, avg(CASE WHEN k.date >= s.from_1 THEN CAST(k.csat AS DECIMAL(18, 4)) END) AS csat
FROM core.fact_ticket AS k
LEFT JOIN core.dim_ticket_kind AS d ON d.ticket_kind_key = k.ticket_kind_key
CROSS JOIN span AS s
WHERE k.date BETWEEN s.from_1 AND s.to_1 OR k.date BETWEEN s.from_0 AND s.to_0
GROUP BY coalesce(d.type, '')
ORDER BY tickets DESC, 1
