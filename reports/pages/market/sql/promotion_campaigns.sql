-- Campaigns worth a look: those with a lift or a loss first, then those with
-- customers held back, then the dearest. Parameter: how many.
SELECT d.name, c.from_date, d.type, c.method, c.treated, c.compared, c.response, c.baseline, c.lift, c.low, c.high, c.verdict, c.p_adjusted,
       c.cost, c.naive_margin, c.naive_romi, c.incremental_margin, c.margin_low, c.margin_high, c.profit, c.romi, c.warning, c.warning_zh
FROM score.campaign AS c
JOIN core.dim_campaign AS d ON d.campaign_key = c.campaign_key
ORDER BY CASE WHEN c.verdict IN ('lift', 'loss') THEN 0 WHEN c.held_back > 0 THEN 1 ELSE 2 END, c.cost DESC NULLS LAST, c.campaign_key
LIMIT ?
