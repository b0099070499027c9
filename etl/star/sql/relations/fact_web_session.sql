-- core.fact_web_session: visits to the web site, one row each. A visitor is known
-- when it turned out to be a contact of a customer.
CREATE OR REPLACE TABLE core.fact_web_session AS
WITH visitor AS (
    SELECT visitor_id, CAST(row_number() OVER (ORDER BY visitor_id) AS INTEGER) AS visitor_key
    FROM (SELECT DISTINCT visitor_id FROM stage.web_session) v
), session AS (
    SELECT w.visitor_id, w.start_ts, CAST(w.start_ts AS DATE) AS date, w.pages, w.referrer, w.matched_contact_id, w.source, w._row,
           coalesce(k.customer_key, -1) AS customer_key
    FROM due.web_session w
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_contact k ON k.contact_id = w.matched_contact_id
    WHERE NOT coalesce(w.is_deleted, false) AND EXTRACT(year FROM w.start_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
)
SELECT s.visitor_id, s.matched_contact_id, v.visitor_key, s.customer_key,
       CAST(EXTRACT(year FROM s.date) * 10000 + EXTRACT(month FROM s.date) * 100 + EXTRACT(day FROM s.date) AS INTEGER) AS date_key,
       s.date, r.referrer_key,
       coalesce(o.geo_key, -1) AS geo_key,
       coalesce(o.employee_key, -1) AS employee_key,
       coalesce(s.pages, 0) AS pages,
       CASE WHEN s.customer_key <> -1 THEN 1 ELSE 0 END AS matched,
       s.source, s._row AS source_row
FROM session s
JOIN visitor v ON v.visitor_id = s.visitor_id
JOIN core.dim_referrer r ON r.referrer IS NOT DISTINCT FROM s.referrer AND r.referrer_key <> -1
LEFT JOIN star_customer_owner o ON o.customer_key = s.customer_key
ORDER BY s.date, v.visitor_key, s.start_ts, s.source, s._row;
