-- The effects, with what was judged of those of quarters: expected, low and high
-- are what is usual of rate_effect by the other quarters.
CREATE OR REPLACE TABLE score.bridge AS
SELECT e.comparison, e.level, e.member, e.effect_no, e.effect, e.amount, e.net, e.rate_effect, f.expected, f.low, f.high, coalesce(f.is_alarm, false) AS is_alarm
FROM bridge_effect AS e
LEFT JOIN temp.main.fitted AS f ON f.no = e.no
ORDER BY e.no
