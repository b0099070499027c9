-- What each rule left out of the lists.
SELECT r.rule, bool_or(r.is_on), max(r.off_reason), CAST(max(r.titles) AS BIGINT), CAST(sum(CASE WHEN r.list = 'stock' THEN r.candidates END) AS BIGINT), CAST(sum(CASE WHEN r.list = 'new' THEN r.candidates END) AS BIGINT)
FROM score.offer_rule AS r
GROUP BY r.no, r.rule
ORDER BY r.no
