-- The bridge of the quarter of the shock, of what is bought in the currency: what
-- its rate did, of all that prices, rates and costs of the same goods did.
WITH planted AS (
    SELECT subject, "from", size FROM truth_events WHERE code = 'fx_shock'
), effect AS (
    SELECT b.effect, b.amount
    FROM score.bridge b
    JOIN score.bridge_comparison o ON o.comparison = b.comparison
    JOIN planted t ON t.subject = b.member AND t."from" = o.after_from
    WHERE o.kind = 'quarter' AND b.level = 'currency' AND b.effect IN ('price', 'currency', 'cost')
), share AS (
    SELECT CAST(sum(CASE WHEN effect = 'currency' THEN abs(amount) END) AS DOUBLE) / nullif(CAST(sum(abs(amount)) AS DOUBLE), 0) AS share, sum(CASE WHEN effect = 'currency' THEN amount END) AS amount
    FROM effect
)
SELECT (SELECT printf('%s %.0f %% dearer', subject, 100 * size) FROM planted) AS planted,
       printf('%.0f %% by the rate', 100 * share) AS found,
       amount < 0 AND share >= 0.9 AS accepted
FROM share
