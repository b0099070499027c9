-- What is expected of the whole in the months ahead, and as many months before;
-- last how many whole months are known where they are fewer than 24, of which only a
-- level is forecast.
WITH ahead AS (
    SELECT f.measure, sum(f.mean) AS mean, count(*) AS months FROM score.forecast AS f WHERE f.level = 'total' GROUP BY f.measure
), placed AS (
    SELECT h.measure, h.value, row_number() OVER (PARTITION BY h.measure ORDER BY h.month DESC) AS place FROM score.forecast_history AS h WHERE h.level = 'total'
)
SELECT a.measure, a.mean, sum(p.value) AS before, count(*) = a.months AS whole,
       (SELECT CASE WHEN count(*) < 24 THEN count(*) ELSE 0 END FROM score.forecast_history AS h WHERE h.level = 'total' AND h.measure = a.measure) AS known
FROM ahead AS a
JOIN placed AS p ON p.measure = a.measure AND p.place <= a.months
GROUP BY a.measure, a.mean, a.months
ORDER BY a.measure DESC
