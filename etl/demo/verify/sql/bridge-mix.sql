-- The bridge of the year in which every class earns more and the dear ones sell less.
WITH planted AS (
    SELECT "from" FROM truth_events WHERE code = 'mix'
), effect AS (
    SELECT b.effect, b.rate_effect
    FROM score.bridge b
    JOIN score.bridge_comparison o ON o.comparison = b.comparison
    JOIN planted t ON t."from" = o.after_from
    WHERE o.kind = 'year' AND b.level = 'total'
), risen AS (
    SELECT CAST(sum(CASE WHEN c.rate_after > c.rate_before THEN c.net_after ELSE 0 END) AS DOUBLE) / nullif(CAST(sum(c.net_after) AS DOUBLE), 0) AS share
    FROM score.bridge_total c
    JOIN score.bridge_comparison o ON o.comparison = c.comparison
    JOIN planted t ON t."from" = o.after_from
    WHERE o.kind = 'year' AND c.level = 'class'
)
SELECT (SELECT 'classes earn more, the mix less' FROM planted) AS planted,
       printf('mix %.1f points; margin rises in classes with %.0f %% of sales', 100 * (SELECT rate_effect FROM effect WHERE effect = 'mix'), 100 * share) AS found,
       (SELECT rate_effect FROM effect WHERE effect = 'mix') = (SELECT min(rate_effect) FROM effect) AND (SELECT rate_effect FROM effect WHERE effect = 'mix') < -0.01 AND share > 0.5 AS accepted
FROM risen
