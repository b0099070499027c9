-- All customers at risk, by band, with what is at stake and how many are listed.
SELECT count(*), count(CASE WHEN s.band = 'high' THEN 1 END), count(CASE WHEN s.band = 'medium' THEN 1 END), sum(s.expected_left), sum(s.value_at_risk),
       (SELECT count(*) FROM score.watchlist)
FROM score.churn AS s
