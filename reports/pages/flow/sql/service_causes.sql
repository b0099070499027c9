-- Tickets with a cause, the commonest first. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
)
SELECT d.root_cause, count(CASE WHEN k.date >= s.from_1 THEN 1 END) AS tickets, count(CASE WHEN k.date <= s.to_0 THEN 1 END) AS before, sum(CASE WHEN k.date >= s.from_1 THEN k.complaints ELSE 0 END) AS complaints,
       count(DISTINCT CASE WHEN k.date >= s.from_1 AND k.customer_key <> -1 THEN k.customer_key END) AS customers
FROM core.fact_ticket AS k
JOIN core.dim_ticket_kind AS d ON d.ticket_kind_key = k.ticket_kind_key
CROSS JOIN span AS s
WHERE (k.date BETWEEN s.from_1 AND s.to_1 OR k.date BETWEEN s.from_0 AND s.to_0) AND d.root_cause <> ''
GROUP BY d.root_cause
ORDER BY tickets DESC, d.root_cause
