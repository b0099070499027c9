-- All customers at risk, by band, with what is at stake, how many are listed, and of
-- how many the value is margin, and sales.
SELECT count(*), count(CASE WHEN s.band = 'high' THEN 1 END), count(CASE WHEN s.band = 'medium' THEN 1 END), sum(s.expected_left), sum(s.value_at_risk),
       (SELECT count(*) FROM score.watchlist), count(CASE WHEN s.value_basis = 'margin' THEN 1 END), count(CASE WHEN s.value_basis = 'sales' THEN 1 END)
FROM score.churn AS s
