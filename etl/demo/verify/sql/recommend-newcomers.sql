-- Shares are of few customers: less than the best-sellers counts only beyond two
-- standard errors of a rate.
SELECT 'as their type' AS planted,
       printf('hit rate %.1f %% against %.1f %% of %d newcomers', 100 * m.own, 100 * m.popular, m.customers) AS found,
       coalesce(m.own + 2 * sqrt(m.popular * (1 - m.popular) / m.customers) >= m.popular, false) AS accepted
FROM (
    SELECT max(CASE WHEN model = 'type' THEN hit_rate END) AS own, max(CASE WHEN model = 'popularity' THEN hit_rate END) AS popular, max(customers) AS customers
    FROM score.recommendation_backtest WHERE list = 'newcomers'
) AS m
