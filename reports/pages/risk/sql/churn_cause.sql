-- What lost customers had named, by customers and value.
SELECT s.name, s.name_zh, s.source, s.lost, s.share, s.share_low, s.share_high, s.kept_share, s.value, s.after_3, s.after_3_low, s.after_3_high, s.cause
FROM score.churn_cause AS s
WHERE s.lost > 0 OR s.cause <> ''
ORDER BY s.cause = '', s.lost DESC, s.value DESC, s.source, s.cause
