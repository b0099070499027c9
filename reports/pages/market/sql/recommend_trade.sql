-- What diversity costs.
SELECT t.list, t.weight, t.relevance / nullif(max(CASE WHEN t.weight = 0 THEN t.relevance END) OVER (PARTITION BY t.list), 0), t.diversity, t.subjects, t.titles, t.is_chosen
FROM score.offer_trade AS t
ORDER BY t.list DESC, t.weight
