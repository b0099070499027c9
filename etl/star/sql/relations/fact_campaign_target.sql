-- core.fact_campaign_target: whom campaigns addressed or held back, one row a
-- target, with what came of it. Where a campaign addressed several people of one
-- customer, the first row carries what the customer did and the others carry
-- their cost: rates over rows with is_first are rates of customers.
CREATE OR REPLACE TABLE core.fact_campaign_target AS
SELECT t.campaign_id, t.customer_id, t.contact_id, t.campaign_key, t.customer_key,
       coalesce(CAST(EXTRACT(year FROM t.date) * 10000 + EXTRACT(month FROM t.date) * 100 + EXTRACT(day FROM t.date) AS INTEGER), -1) AS date_key,
       t.date,
       CAST(CASE WHEN t.arm = 'control' THEN 5 ELSE 0 END + CASE WHEN t.send_no > 4 THEN 4 ELSE t.send_no END AS INTEGER) AS arm_key,
       coalesce(o.employee_key, -1) AS employee_key,
       coalesce(o.geo_key, -1) AS geo_key,
       t.arm AS arm,
       CAST(t.send_no AS INTEGER) AS send_no,
       t.place = 1 AS is_first,
       t.place = 1 AND t.arm = 'treat' AS is_treated,
       t.place = 1 AND t.arm = 'control' AS is_control,
       CASE WHEN t.sent_ts IS NOT NULL THEN 1 ELSE 0 END AS sent,
       t.cost,
       CASE WHEN t.arm = 'treat' THEN coalesce(h.share, 0) ELSE 0 END AS shared_cost,
       CASE WHEN t.place = 1 THEN coalesce(r.opened, 0) ELSE 0 END AS opened,
       CASE WHEN t.place = 1 THEN coalesce(r.clicked, 0) ELSE 0 END AS clicked,
       CASE WHEN t.place = 1 THEN coalesce(r.replied, 0) ELSE 0 END AS replied,
       CASE WHEN t.place = 1 THEN coalesce(r.attended, 0) ELSE 0 END AS attended,
       CASE WHEN t.place = 1 THEN coalesce(r.unsubscribed, 0) ELSE 0 END AS unsubscribed,
       CASE WHEN t.place = 1 THEN coalesce(r.responded, 0) ELSE 0 END AS responded,
       CASE WHEN t.place = 1 AND r.first_date >= t.date THEN CAST(r.first_date - t.date AS INTEGER) END AS days_to_response,
       CASE WHEN t.place = 1 AND b.orders > 0 THEN 1 ELSE 0 END AS ordered,
       CAST(CASE WHEN t.place = 1 THEN coalesce(b.orders, 0) ELSE 0 END AS INTEGER) AS orders,
       CASE WHEN t.place = 1 THEN coalesce(b.net, 0) ELSE 0 END AS net,
       CASE WHEN t.place = 1 THEN b.margin END AS margin,
       t.source, t._row AS source_row
FROM star_target t
LEFT JOIN star_campaign_share h ON h.campaign_key = t.campaign_key
LEFT JOIN star_customer_owner o ON o.customer_key = t.customer_key
LEFT JOIN star_response r ON r.campaign_key = t.campaign_key AND r.customer_key = t.customer_key
LEFT JOIN star_target_order b ON b.campaign_key = t.campaign_key AND b.customer_key = t.customer_key
ORDER BY t.date NULLS LAST, t.campaign_key, t.customer_key, t.source, t._row;
