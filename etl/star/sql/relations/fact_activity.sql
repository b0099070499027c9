-- core.fact_activity: contacts by our people, one row each, at what they cost: the
-- minutes and kilometres at the rates. An order counts as following a contact
-- when the customer orders on its day or within the days of meta.relation_rule.
-- during_ticket says that a ticket of the customer was open at the time.
CREATE OR REPLACE TABLE core.fact_activity AS
WITH activity AS (
    SELECT a.activity_id, coalesce(m.customer_key, k.customer_key, -1) AS customer_key, coalesce(e.employee_key, -1) AS employee_key,
           a.type, a.purpose, a.result, a.start_ts, CAST(a.start_ts AS DATE) AS date,
           coalesce(a.minutes, 0) AS minutes, CAST(coalesce(a.km, 0) AS DECIMAL(18, 4)) AS km,
           a.opp_id, a.next_step_date, a.promise, a.source, a._row
    FROM due.activity a
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_customer_map m ON m.customer_id = a.customer_id
    LEFT JOIN star_contact k ON k.contact_id = a.contact_id
    LEFT JOIN star_employee e ON e.employee_id = a.employee_id
    WHERE NOT coalesce(a.is_deleted, false) AND EXTRACT(year FROM a.start_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
), followed AS (
    SELECT a.activity_id, count(*) AS orders, CAST(sum(b.net) AS DECIMAL(18, 4)) AS net
    FROM activity a
    CROSS JOIN star_rule u
    JOIN star_bought b ON b.customer_key = a.customer_key AND b.order_date >= a.date AND b.order_date <= a.date + u.response_days
    WHERE a.customer_key <> -1
    GROUP BY a.activity_id
), meanwhile AS (
    SELECT a.activity_id
    FROM activity a
    JOIN star_ticket t ON t.customer_key = a.customer_key AND t.opened_ts < a.start_ts AND (t.resolved_ts IS NULL OR t.resolved_ts > a.start_ts)
    WHERE a.customer_key <> -1
    GROUP BY a.activity_id
)
SELECT a.activity_id, a.customer_key, a.employee_key,
       CAST(EXTRACT(year FROM a.date) * 10000 + EXTRACT(month FROM a.date) * 100 + EXTRACT(day FROM a.date) AS INTEGER) AS date_key,
       a.date, d.activity_kind_key,
       coalesce(o.geo_key, -1) AS geo_key,
       a.opp_id, a.minutes, a.km,
       CAST(a.minutes * n.minute + a.km * r.km AS DECIMAL(18, 4)) AS cost,
       CASE WHEN d.form = 'face to face' THEN 1 ELSE 0 END AS visits,
       CASE WHEN f.activity_id IS NOT NULL THEN 1 ELSE 0 END AS followed,
       CAST(coalesce(f.orders, 0) AS INTEGER) AS orders,
       coalesce(f.net, 0) AS net,
       CASE WHEN w.activity_id IS NOT NULL AND d.direction = 'out' THEN 1 ELSE 0 END AS during_ticket,
       CASE WHEN a.promise IS NOT NULL THEN 1 ELSE 0 END AS promises,
       a.next_step_date, a.source, a._row AS source_row
FROM activity a
CROSS JOIN star_cost_rate r
JOIN star_minute_rate n ON n.subject = 'activity' AND n.type IS NOT DISTINCT FROM a.type
JOIN core.dim_activity_kind d ON d.type IS NOT DISTINCT FROM a.type AND d.purpose IS NOT DISTINCT FROM a.purpose
     AND d.result IS NOT DISTINCT FROM a.result AND d.activity_kind_key <> -1
LEFT JOIN star_customer_owner o ON o.customer_key = a.customer_key
LEFT JOIN followed f ON f.activity_id = a.activity_id
LEFT JOIN meanwhile w ON w.activity_id = a.activity_id
ORDER BY a.date, a.activity_id;
