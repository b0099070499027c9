-- Campaigns that ended in the last twelve months with a proven lift, by what they
-- left after their cost.
SELECT count(*) AS n, sum(k.profit) AS amount, CAST(NULL AS DOUBLE) AS change, true AS alarm, '' AS id, arg_max(d.name, ROW(k.profit, -k.campaign_key)) AS name, '' AS kind, max(k.profit) AS part, '' AS code
FROM score.campaign AS k
JOIN core.dim_campaign AS d ON d.campaign_key = k.campaign_key
CROSS JOIN meta.run AS r
WHERE k.is_lift AND k.profit > 0 AND k.to_date > r.as_of - INTERVAL 1 YEAR
