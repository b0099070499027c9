-- The mail with a random control group: its lift, and whether the planted
-- one is within three standard errors.
WITH planted AS (
    SELECT CAST(campaign_id AS VARCHAR) AS campaign_id, size FROM truth_campaign WHERE code = 'A'
), found AS (
    SELECT c.method, c.verdict, c.lift, c.low, c.high
    FROM score.campaign c
    JOIN core.dim_campaign d ON d.campaign_key = c.campaign_key
    JOIN planted t ON t.campaign_id = d.campaign_id
)
SELECT (SELECT printf('%+.0f points', 100 * size) FROM planted) AS planted,
       printf('%+.1f points (%+.1f to %+.1f), %s', 100 * lift, 100 * low, 100 * high, verdict) AS found,
       method = 'random control' AND abs(lift - (SELECT size FROM planted)) <= 3 * (high - low) / 3.92 AND verdict IN ('lift', 'too small') AS accepted
FROM (SELECT 1 AS one) AS o
LEFT JOIN found ON true
