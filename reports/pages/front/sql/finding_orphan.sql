-- Accounts on the name of somebody who has left, whose orders die away.
SELECT count(*) AS n, sum(o.net_before) AS amount, sum(o.net_since) / nullif(sum(o.net_before), 0) - 1 AS change, true AS alarm, arg_max(c.customer_id, ROW(o.net_before, -c.customer_key)) AS id,
       arg_max(c.name, ROW(o.net_before, -c.customer_key)) AS name, arg_max(c.customer_type, ROW(o.net_before, -c.customer_key)) AS kind, max(o.net_before) AS part, '' AS code
FROM score.orphan_account AS o
JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
WHERE o.is_fading
