-- What customers spent in the last twelve months beside the twelve before, by what
-- happened to them in the twelve before: only those who bought then.
-- Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), asked AS (
    SELECT k.customer_key, CASE WHEN max(k.complaints) = 0 OR max(k.complaints) IS NULL THEN 'asked' WHEN max(CASE WHEN k.complaints > 0 AND (k.resolution_hours > 72 OR k.resolution_hours IS NULL) THEN 1 ELSE 0 END) = 1 THEN 'slow' ELSE 'quick' END AS experience
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
    WHERE k.date BETWEEN s.from_0 AND s.to_0 AND k.customer_key <> -1
    GROUP BY k.customer_key
), spent AS (
    SELECT l.customer_key, sum(CASE WHEN l.order_date <= s.to_0 THEN l.net ELSE 0 END) AS before, sum(CASE WHEN l.order_date >= s.from_1 THEN l.net ELSE 0 END) AS now
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.customer_key <> -1 AND (l.order_date BETWEEN s.from_0 AND s.to_0 OR l.order_date BETWEEN s.from_1 AND s.to_1)
    GROUP BY l.customer_key
)
SELECT coalesce(a.experience, 'none') AS experience, count(*) AS customers, sum(p.before) AS before, sum(p.now) AS now, count(CASE WHEN p.now > 0 THEN 1 END) AS bought
FROM spent AS p
LEFT JOIN asked AS a ON a.customer_key = p.customer_key
WHERE p.before > 0
GROUP BY coalesce(a.experience, 'none')
ORDER BY CASE coalesce(a.experience, 'none') WHEN 'none' THEN 1 WHEN 'asked' THEN 2 WHEN 'quick' THEN 3 ELSE 4 END
