-- Messages received in twelve months without a reply, or with a late one.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
)
SELECT coalesce(sum(m.unanswered), 0) AS found_n, coalesce(sum(m.received), 0) AS received_n, CAST(sum(m.unanswered) AS DOUBLE) / nullif(CAST(sum(m.received) AS DOUBLE), 0) AS unanswered_pct,
       coalesce(sum(m.late), 0) AS late_n, min(CASE WHEN m.unanswered > 0 THEN m.date END) AS oldest_date,
       quantile_cont(CAST(m.reply_hours * 10000 AS BIGINT), 0.5) / 10000 AS reply_hours
FROM core.fact_message AS m
CROSS JOIN run AS r
WHERE m.date BETWEEN r.since AND r.as_of
