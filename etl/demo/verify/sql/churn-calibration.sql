-- The chances of the backtest in ten groups of equally many beside what came true.
WITH bin AS (
    SELECT c.bin, c.probability, c.rate, c.customers, abs(c.probability - c.rate) AS off, 2 * sqrt(c.probability * (1 - c.probability) / c.customers) AS chance
    FROM score.churn_calibration AS c WHERE c.model = 'model'
)
SELECT CASE WHEN count(*) > 0 THEN 'what comes true' END AS planted,
       printf('%d of %d groups within a fifth, or within chance and 4 points', count(CASE WHEN off <= 0.2 * rate OR off <= greatest(chance, 0.04) THEN 1 END), count(*)) AS found,
       count(CASE WHEN off <= 0.2 * rate OR off <= greatest(chance, 0.04) THEN 1 END) >= count(*) - 1 AS accepted -- of ten tests at two standard errors one may fail by chance
FROM bin
