-- The letter to the best customers, which brought nothing: what the campaign seems
-- to bring when all that followed is counted, and what it is judged to.
WITH planted AS (
    SELECT CAST(campaign_id AS VARCHAR) AS campaign_id FROM truth_campaign WHERE code = 'B'
), found AS (
    SELECT c.verdict, c.naive_romi, c.lift, c.low, c.high, c.method
    FROM score.campaign c
    JOIN core.dim_campaign d ON d.campaign_key = c.campaign_key
    JOIN planted t ON t.campaign_id = d.campaign_id
)
SELECT (SELECT 'no lift, to the best customers' FROM planted) AS planted,
       printf('%s (%+.1f points, %+.1f to %+.1f); seems %+.0f %% by all that followed', verdict, 100 * lift, 100 * low, 100 * high, 100 * naive_romi) AS found,
       verdict IN ('no lift', 'too small') AND naive_romi > 0 AS accepted
FROM (SELECT 1 AS one) AS o
LEFT JOIN found ON true
