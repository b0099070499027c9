-- meta.constant_rate: the one rate per currency at which amounts of all times
-- are compared. A configured rate first; else the average, over the days that
-- have one, of the rates of the base year; a currency without rates in that year
-- takes the nearest year before it that has some, else the nearest after it.
CREATE OR REPLACE TABLE meta.constant_rate AS
WITH base AS (
    SELECT CAST(value AS INTEGER) AS year FROM star_given WHERE subject = 'constant_year'
), yearly AS (
    SELECT ccy, CAST(EXTRACT(year FROM rate_date) AS INTEGER) AS year, count(*) AS days,
           CAST(CAST(sum(rate) AS DOUBLE) / count(*) AS DECIMAL(18, 8)) AS rate
    FROM star_rate
    GROUP BY ccy, CAST(EXTRACT(year FROM rate_date) AS INTEGER)
), nearest AS (
    SELECT y.ccy, y.year, y.days, y.rate, b.year AS base_year,
           row_number() OVER (PARTITION BY y.ccy ORDER BY CASE WHEN y.year <= b.year THEN 0 ELSE 1 END, abs(y.year - b.year)) AS place
    FROM yearly y
    CROSS JOIN base b
)
SELECT c.ccy,
       CASE WHEN c.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8))
            ELSE coalesce(g.value, n.rate, CAST(1 / CAST(e.fixed AS DOUBLE) AS DECIMAL(18, 8))) END AS rate,
       CASE WHEN c.ccy = p.currency THEN 'report currency'
            WHEN g.value IS NOT NULL THEN 'configured'
            WHEN n.rate IS NOT NULL THEN 'average of ' || CAST(n.year AS VARCHAR) || ', ' || CAST(n.days AS VARCHAR) || ' days'
                 || CASE WHEN n.year <> n.base_year THEN ': none in ' || CAST(n.base_year AS VARCHAR) ELSE '' END
            WHEN e.ccy IS NOT NULL THEN 'fixed conversion rate to the euro'
            ELSE 'no rates' END AS source
FROM core.dim_currency c
CROSS JOIN meta.star_parameter p
LEFT JOIN star_given g ON g.subject = 'rate' AND g.name = c.ccy
LEFT JOIN nearest n ON n.ccy = c.ccy AND n.place = 1
LEFT JOIN star_euro e ON p.currency = 'EUR' AND e.ccy = c.ccy
WHERE c.currency_key > 0
ORDER BY c.ccy;
