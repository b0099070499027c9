-- The third mail of a month against the first to the same customer.
WITH planted AS (
    SELECT min(size) AS size FROM truth_campaign WHERE code = 'D'
), found AS (
    SELECT ratio - 1 AS less, ratio_low - 1 AS low, ratio_high - 1 AS high
    FROM score.fatigue
    WHERE counting = 'calendar month' AND contacts = 3
)
SELECT (SELECT printf('%+.0f %%', 100 * size) FROM planted) AS planted,
       printf('%+.0f %% (%+.0f to %+.0f)', 100 * less, 100 * low, 100 * high) AS found,
       high < 0 AND abs(ln(1 + less) - ln(1 + (SELECT size FROM planted))) <= 3 * (ln(1 + high) - ln(1 + low)) / 3.92 AS accepted
FROM (SELECT 1 AS one) AS o
LEFT JOIN found ON true
