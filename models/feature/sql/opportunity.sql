-- feature.opportunity: every dated opportunity with what was known on the day
-- before it was created. Its amount, stage, chance and expected end are left out:
-- they change without a date.
--   success_days  from its creation to the day it was won; NULL while it is not,
--                 up to the as-of date
--   net_12        net sales to the customer in the 365 days before
--   since_days    from its last order before; NULL when there was none
--   tried, gained opportunities of the customer closed before, and of them won
--   visits        contacts with the customer in the 90 days before
WITH opportunity AS (
    SELECT o.opp_id, o.customer_key, o.date, o.closed_date, o.won, o.open = 1 AS is_open, o.amount, o.lead_id,
           CAST(r.as_of - o.date AS INTEGER) AS age_days,
           CASE WHEN o.won = 1 AND o.closed_date <= r.as_of AND o.closed_date >= o.date THEN CAST(o.closed_date - o.date AS INTEGER) END AS success_days
    FROM core.fact_opportunity AS o
    CROSS JOIN meta.run AS r
    WHERE o.date <= r.as_of
), sold AS (
    SELECT o.opp_id, sum(CASE WHEN l.order_date >= o.date - 365 THEN l.net ELSE 0 END) AS net_12, max(l.order_date) AS last_date
    FROM opportunity AS o
    INNER JOIN (
        SELECT customer_key, order_date, sum(net) AS net FROM core.fact_order_line WHERE customer_key <> -1 GROUP BY customer_key, order_date
    ) AS l ON l.customer_key = o.customer_key AND l.order_date < o.date
    GROUP BY o.opp_id
), event AS (
    SELECT o.opp_id, o.customer_key, CAST(o.date - DATE '1970-01-01' AS INTEGER) AS day_no, 0 AS closed, 0 AS won FROM opportunity AS o
    UNION ALL
    SELECT NULL, o.customer_key, CAST(o.closed_date - DATE '1970-01-01' AS INTEGER), 1, o.won FROM opportunity AS o WHERE o.closed_date IS NOT NULL
), before AS (
    SELECT e.opp_id, sum(e.closed) OVER earlier AS tried, sum(e.won) OVER earlier AS gained
    FROM event AS e
    WHERE e.customer_key <> -1
    WINDOW earlier AS (PARTITION BY e.customer_key ORDER BY e.day_no RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), met AS (
    SELECT o.opp_id, count(*) AS visits
    FROM opportunity AS o
    INNER JOIN core.fact_activity AS a ON a.customer_key = o.customer_key AND a.customer_key <> -1 AND a.date < o.date AND a.date >= o.date - 90
    GROUP BY o.opp_id
)
SELECT o.opp_id AS "id", CAST(o.date - DATE '1970-01-01' AS INTEGER) AS "day_no", o.age_days, CAST(o.success_days AS INTEGER) AS "success_days", o.is_open, o.customer_key, o.amount,
       coalesce(c.customer_type, '(none)') AS "customer_type", coalesce(g.area, '(none)') AS "area",
       'quarter ' || CAST(EXTRACT(quarter FROM o.date) AS VARCHAR) AS "season",
       CASE WHEN o.lead_id IS NULL THEN 0 ELSE 1 END AS "from_lead",
       CAST(coalesce(s.net_12, 0) AS DECIMAL(18, 4)) AS "net_12", CAST(o.date - s.last_date AS INTEGER) AS "since_days",
       CAST(coalesce(b.tried, 0) AS BIGINT) AS "tried", CAST(coalesce(b.gained, 0) AS BIGINT) AS "gained",
       coalesce(m.visits, 0) AS "visits"
FROM opportunity AS o
LEFT JOIN core.dim_customer AS c ON c.customer_key = o.customer_key AND c.customer_key <> -1
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
LEFT JOIN sold AS s ON s.opp_id = o.opp_id
LEFT JOIN before AS b ON b.opp_id = o.opp_id
LEFT JOIN met AS m ON m.opp_id = o.opp_id
ORDER BY o.opp_id
