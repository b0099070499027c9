-- Key customers who buy at least a tenth less than in the twelve months before.
SELECT count(*) AS n, sum(g.net_before - g.net_now) AS amount, sum(g.net_now) / nullif(sum(g.net_before), 0) - 1 AS change, false AS alarm,
       arg_max(c.customer_id, ROW(g.net_before - g.net_now, -c.customer_key)) AS id, arg_max(c.name, ROW(g.net_before - g.net_now, -c.customer_key)) AS name,
       arg_max(c.customer_type, ROW(g.net_before - g.net_now, -c.customer_key)) AS kind, max(g.net_before - g.net_now) AS part, '' AS code
FROM score.gain_loss AS g
JOIN score.sevenp AS s ON s.customer_key = g.customer_key AND s.tier IN ('top', 'major')
JOIN core.dim_customer AS c ON c.customer_key = g.customer_key
WHERE g.net_now < .9 * g.net_before
