-- feature.churn_cause: what customers named before they left. One row per customer of
-- feature.hazard_customer.
--   lost_day     the day it was lost (days since 1970-01-01), of others the last day on
--                which a loss would be known; entry_day the third day it bought on
--   cause        what it named last in the 365 days that end on the day, where it was lost
--                90 days after it: the reason of an opportunity that was lost, else the root
--                cause of a complaint; '' where it named nothing
--   source       opportunity, complaint or ''
--   value        net of the 365 days up to its last order
WITH named AS (
    SELECT o.customer_key, o.closed_date AS date, lower(k.lost_reason) AS cause, 'opportunity' AS source, 2 AS weight, o.opp_id AS id
    FROM core.fact_opportunity AS o
    INNER JOIN core.dim_opportunity_kind AS k ON k.opportunity_kind_key = o.opportunity_kind_key
    CROSS JOIN meta.run AS r
    WHERE o.lost = 1 AND k.lost_reason IS NOT NULL AND o.closed_date <= r.as_of AND o.customer_key <> -1
    UNION ALL
    SELECT t.customer_key, t.date, lower(k.root_cause), 'complaint', 1, t.ticket_id
    FROM core.fact_ticket AS t
    INNER JOIN core.dim_ticket_kind AS k ON k.ticket_kind_key = t.ticket_kind_key
    CROSS JOIN meta.run AS r
    WHERE t.complaints > 0 AND k.root_cause IS NOT NULL AND t.date <= r.as_of AND t.customer_key <> -1
), placed AS (
    SELECT c.customer_key, n.cause, n.source, row_number() OVER (PARTITION BY c.customer_key ORDER BY n.weight DESC, n.date DESC, n.id DESC) AS place
    FROM feature.hazard_customer AS c
    INNER JOIN named AS n ON n.customer_key = c.customer_key AND n.date > c.stop_day - CASE WHEN c.is_lost THEN 275 ELSE 365 END AND n.date <= c.stop_day + CASE WHEN c.is_lost THEN 90 ELSE 0 END
), bought AS (
    SELECT c.customer_key, sum(l.net) AS net
    FROM feature.hazard_customer AS c
    INNER JOIN core.fact_order_line AS l ON l.customer_key = c.customer_key AND l.order_date <= c.last_day AND l.order_date > c.last_day - 365
    WHERE l.net > 0 AND l.qty > 0
    GROUP BY c.customer_key
)
SELECT c.customer_key, CAST(c.third_day - DATE '1970-01-01' AS INTEGER) AS entry_day, CAST(c.stop_day - DATE '1970-01-01' AS INTEGER) AS lost_day, CAST(c.is_lost AS INTEGER) AS is_lost,
       coalesce(p.cause, '') AS cause, coalesce(p.source, '') AS source, coalesce(b.net, 0) AS value
FROM feature.hazard_customer AS c
LEFT JOIN placed AS p ON p.customer_key = c.customer_key AND p.place = 1
LEFT JOIN bought AS b ON b.customer_key = c.customer_key
ORDER BY c.customer_key
