-- feature.churn_late: the order lines promised to known customers, by the day
-- promised. A line is late when it had not come by then, and was not cancelled.
-- One row a customer, day promised and day on which the late ones came or were
-- cancelled.
--   promised   days since 1970-01-01
--   ended_key  date key on which the late lines came or were cancelled; -1 not yet
--   late       lines late; lines all
SELECT s.customer_key, CAST(s.promised_date - DATE '1970-01-01' AS INTEGER) AS promised,
       CASE WHEN NOT s.is_late THEN 0 WHEN s.delivered_date_key = -1 THEN s.cancelled_date_key WHEN s.cancelled_date_key = -1 THEN s.delivered_date_key
            ELSE least(s.delivered_date_key, s.cancelled_date_key) END AS ended_key,
       CAST(count(*) AS INTEGER) AS lines, CAST(sum(CASE WHEN s.is_late THEN 1 ELSE 0 END) AS INTEGER) AS late
FROM (
    SELECT g.customer_key, g.promised_date, coalesce(g.delivered_date_key, -1) AS delivered_date_key, coalesce(g.cancelled_date_key, -1) AS cancelled_date_key,
           (coalesce(g.delivered_date_key, -1) = -1 OR g.delivered_date_key > k.date_key) AND (coalesce(g.cancelled_date_key, -1) = -1 OR g.cancelled_date_key > k.date_key) AS is_late
    FROM core.fact_order_stage AS g
    CROSS JOIN meta.run AS r
    INNER JOIN core.dim_date AS k ON k.date = g.promised_date
    WHERE g.customer_key <> -1 AND g.promised_date < r.as_of AND g.promised_date >= g.order_date
) AS s
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
