-- Both lists are of the same customers: what taste adds must stand out of the
-- chance in two rates by two standard errors.
SELECT 'taste' AS planted,
       printf('hit rate %.1f %% against %.1f %% of %d customers', 100 * m.own, 100 * m.popular, m.customers) AS found,
       coalesce(m.own - m.popular > 2 * sqrt((m.own * (1 - m.own) + m.popular * (1 - m.popular)) / m.customers), false) AS accepted
FROM (
    SELECT max(CASE WHEN model = 'attributes' THEN hit_rate END) AS own, max(CASE WHEN model = 'popularity' THEN hit_rate END) AS popular, max(customers) AS customers
    FROM score.recommendation_backtest WHERE list = 'new' AND size = '(all)' AND customer_type = '(all)'
) AS m
