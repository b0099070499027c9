-- What became of customers' spend.
SELECT k.status, count(g.customer_key) AS customers, coalesce(sum(g.net_before), 0) AS net_before, coalesce(sum(g.net_now), 0) AS net_now, coalesce(sum(g.change), 0) AS change,
       count(CASE WHEN g.is_like_for_like THEN 1 END) AS both, coalesce(sum(CASE WHEN g.is_like_for_like THEN g.net_before END), 0) AS like_before, coalesce(sum(CASE WHEN g.is_like_for_like THEN g.net_now END), 0) AS like_now
FROM score.spend_status AS k
LEFT JOIN score.gain_loss AS g ON g.status_key = k.status_key
GROUP BY k.status_key, k.status
ORDER BY k.status_key
