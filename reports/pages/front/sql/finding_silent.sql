-- Key customers whose next order was expected before the as-of date even at its
-- latest: what they bought in twelve months.
SELECT count(*) AS n, sum(g.net_now) AS amount, CAST(NULL AS DOUBLE) AS change, false AS alarm,
       arg_max(c.customer_id, ROW(g.net_now, -c.customer_key)) AS id, arg_max(c.name, ROW(g.net_now, -c.customer_key)) AS name, arg_max(c.customer_type, ROW(g.net_now, -c.customer_key)) AS kind, max(g.net_now) AS part, '' AS code
FROM score.clv AS v
JOIN score.sevenp AS s ON s.customer_key = v.customer_key AND s.tier IN ('top', 'major')
JOIN score.gain_loss AS g ON g.customer_key = v.customer_key
JOIN core.dim_customer AS c ON c.customer_key = v.customer_key
WHERE v.next_order_late < v.as_of AND g.net_now > 0
