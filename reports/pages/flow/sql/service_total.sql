-- Service as a whole. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), ticket AS (
    SELECT CASE WHEN k.date BETWEEN s.from_1 AND s.to_1 THEN 1 WHEN k.date BETWEEN s.from_0 AND s.to_0 THEN 0 END AS year, k.complaints, k.response_hours, k.resolution_hours, k.resolved, k.first_contact, k.breached, k.open, k.overdue, k.cost
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
)
SELECT y.year, count(t.year) AS tickets, coalesce(sum(t.complaints), 0) AS complaints, CAST(quantile_disc(t.response_hours, 0.5) AS DOUBLE) AS response_50, CAST(quantile_disc(t.response_hours, 0.9) AS DOUBLE) AS response_90,
       CAST(quantile_disc(t.resolution_hours, 0.5) AS DOUBLE) AS resolution_50, CAST(quantile_disc(t.resolution_hours, 0.9) AS DOUBLE) AS resolution_90, CAST(sum(t.first_contact) AS DOUBLE) / nullif(sum(t.resolved), 0) AS fcr,
       CAST(sum(t.breached) AS DOUBLE) / nullif(count(t.year), 0) AS breached, coalesce(sum(t.open), 0) AS open, coalesce(sum(t.overdue), 0) AS overdue, coalesce(sum(t.cost), 0) AS cost, (SELECT count(*) FROM core.fact_ticket) AS ever
FROM (VALUES (1), (0)) AS y (year)
LEFT JOIN ticket AS t ON t.year = y.year
GROUP BY y.year
ORDER BY y.year DESC
