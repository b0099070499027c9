-- Partners by what they took in. Parameter: how many, besides those with a finding.
SELECT c.customer_id, c.name, c.customer_type, p.sell_in_rank, p.kept_rank, p.net, p.returned, p.net_after_returns, p.return_rate, p.return_rate_before, p.finding
FROM score.partner AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
WHERE p.sell_in_rank <= ? OR p.finding <> ''
ORDER BY p.sell_in_rank
