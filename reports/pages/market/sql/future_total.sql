-- What is expected of the whole in the months ahead, and as many months before.
WITH ahead AS (
    SELECT f.measure, sum(f.mean) AS mean, count(*) AS months FROM score.forecast AS f WHERE f.level = 'total' GROUP BY f.measure
), placed AS (
    SELECT h.measure, h.value, row_number() OVER (PARTITION BY h.measure ORDER BY h.month DESC) AS place FROM score.forecast_history AS h WHERE h.level = 'total'
)
SELECT a.measure, a.mean, sum(p.value) AS before, count(*) = a.months AS whole
FROM ahead AS a
JOIN placed AS p ON p.measure = a.measure AND p.place <= a.months
GROUP BY a.measure, a.mean, a.months
ORDER BY a.measure DESC
