-- rows: customer.type
-- Every measure of the cube "messages", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "messages",
  sum(t.received) AS "received",
  sum(t.answered) AS "answered",
  sum(t.unanswered) AS "unanswered",
  sum(t.late) AS "late",
  (sum(t.answered))::DOUBLE / nullif((sum(t.received))::DOUBLE, 0) AS "answer_rate",
  (sum(t.late))::DOUBLE / nullif((sum(t.received))::DOUBLE, 0) AS "late_rate",
  (sum(t.reply_hours))::DOUBLE / nullif((count(t.reply_hours))::DOUBLE, 0) AS "reply_hours_mean",
  quantile_cont(t.reply_hours::DOUBLE, 0.5) AS "reply_hours_p50",
  quantile_cont(t.reply_hours::DOUBLE, 0.9) AS "reply_hours_p90"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_message AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;
