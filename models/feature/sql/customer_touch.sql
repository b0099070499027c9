-- feature.customer_touch: the last day on which a known customer ordered, was
-- spoken to or wrote, asked for help, answered a campaign or came to the web
-- site, up to the as-of date. One row a customer of whom there is any.
WITH touch AS (
    SELECT l.customer_key, l.order_date AS date, 'order' AS kind FROM core.fact_order_line AS l WHERE l.qty > 0
    UNION ALL
    SELECT a.customer_key, a.date, 'activity' FROM core.fact_activity AS a
    UNION ALL
    SELECT m.customer_key, m.date, 'message' FROM core.fact_message AS m
    UNION ALL
    SELECT t.customer_key, t.date, 'ticket' FROM core.fact_ticket AS t
    UNION ALL
    SELECT w.customer_key, w.date, 'web' FROM core.fact_web_session AS w
    UNION ALL
    SELECT r.customer_key, r.date, 'response' FROM core.fact_campaign_response AS r
), latest AS (
    SELECT t.customer_key, t.kind, max(t.date) AS date
    FROM touch AS t
    CROSS JOIN meta.run AS n
    WHERE t.customer_key <> -1 AND t.date <= n.as_of
    GROUP BY t.customer_key, t.kind
), ranked AS (
    SELECT l.customer_key, l.kind, l.date, row_number() OVER (PARTITION BY l.customer_key ORDER BY l.date DESC, l.kind) AS place
    FROM latest AS l
)
SELECT r.customer_key, r.date AS last_touch, r.kind AS touch
FROM ranked AS r
WHERE r.place = 1
ORDER BY r.customer_key
