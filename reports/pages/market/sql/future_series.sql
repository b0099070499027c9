-- The whole and the largest subjects: 24 months of history and the forecast, net.
-- Parameter: how many, the whole included.
WITH chosen AS (
    SELECT f.level, f.member, row_number() OVER (ORDER BY f.level = 'total' DESC, sum(f.mean) DESC, f.member) AS place
    FROM score.forecast AS f
    WHERE f.measure = 'net' AND (f.level = 'total' OR f.level = 'class' AND (SELECT count(DISTINCT g.member) FROM score.forecast AS g WHERE g.level = 'class') > 1)
    GROUP BY f.level, f.member
), edge AS (
    SELECT max(h.month) AS last_month FROM score.forecast_history AS h
), point AS (
    SELECT h.level, h.member, h.name, h.name_zh, h.month, h.value, CAST(NULL AS DECIMAL(18, 4)) AS mean, CAST(NULL AS DECIMAL(18, 4)) AS low, CAST(NULL AS DECIMAL(18, 4)) AS high
    FROM score.forecast_history AS h
    CROSS JOIN edge AS e
    WHERE h.measure = 'net' AND h.month > CAST(e.last_month - INTERVAL 24 MONTH AS DATE)
    UNION ALL
    SELECT f.level, f.member, f.name, f.name_zh, f.month, NULL, f.mean, f.low_80, f.high_80
    FROM score.forecast AS f
    WHERE f.measure = 'net'
)
SELECT c.place, p.name, p.name_zh, p.month, p.value, p.mean, p.low, p.high
FROM point AS p
JOIN chosen AS c ON c.level = p.level AND c.member = p.member
WHERE c.place <= ?
ORDER BY c.place, p.month
