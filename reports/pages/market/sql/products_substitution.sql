-- Pairs of a title and one that stands in for it. Parameter: how many.
SELECT s.kind, s.title, s.substitute, s.orders_before, s.orders_after, s.ratio, s.low, s.high, s.q
FROM score.substitution AS s
WHERE s.is_substitute
ORDER BY s.q, s.title_key, s.substitute_key
LIMIT ?
