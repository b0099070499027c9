-- What the lists would have held of the new purchases of the last weeks, over
-- customers with 20 titles and more; beside it against what sells best at present.
SELECT '3 × the best-sellers' AS planted,
       printf('%.1f %% against %.1f %% (%.1f ×) of %.0f customers; of titles selling now %.1f ×', 100 * m.own, 100 * m.popular, m.own / nullif(m.popular, 0), m.customers, m.own / nullif(m.recent, 0)) AS found,
       coalesce(m.own >= 3 * m.popular AND m.own > 0, false) AS accepted
FROM (
    SELECT max(CASE WHEN name = 'large.recall_20' THEN value END) AS own, max(CASE WHEN name = 'large.popularity_recall_20' THEN value END) AS popular,
           max(CASE WHEN name = 'large.recent_recall_20' THEN value END) AS recent, max(CASE WHEN name = 'large.customers' THEN value END) AS customers
    FROM card.metric WHERE model = 'recommend'
) AS m
