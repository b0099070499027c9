SELECT 'taste' AS planted,
       printf('%.1f %% against %.1f %% of %d customers', 100 * m.own, 100 * m.popular, m.customers) AS found,
       coalesce(m.own >= 1.5 * m.popular AND m.own > 0, false) AS accepted
FROM (
    SELECT max(CASE WHEN model = 'attributes' THEN recall END) AS own, max(CASE WHEN model = 'popularity' THEN recall END) AS popular, max(customers) AS customers
    FROM score.recommendation_backtest WHERE list = 'new' AND size = '(all)' AND customer_type = '(all)'
) AS m
