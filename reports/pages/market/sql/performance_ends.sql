-- Both ends of the bridge of the last twelve months and of the year to date.
SELECT comparison, net_before, net_after, margin_before, margin_after, rate_before, rate_after
FROM score.bridge_total
WHERE level = 'total' AND comparison IN ('last_12_months', 'year_to_date')
ORDER BY comparison
