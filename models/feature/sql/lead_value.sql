-- feature.lead_value: what customers won from leads brought in the first 365 days
-- from their first order, by source: margin after landed cost where it is known.
-- Only leads whose first order lies that far back, and by as many as given the
-- mean of all sources weighs in.
WITH won AS (
    SELECT l.lead_id, l.lead_source, l.customer_key, DATE '1970-01-01' + l.day_no + l.success_days AS first_date
    FROM (SELECT f.id AS lead_id, f.lead_source, f.customer_key, f.day_no, f.success_days FROM feature.lead AS f) AS l
    CROSS JOIN meta.run AS r
    WHERE l.success_days IS NOT NULL AND l.customer_key <> -1 AND DATE '1970-01-01' + l.day_no + l.success_days + 365 <= r.as_of
), earned AS (
    SELECT w.lead_id, w.lead_source, coalesce(sum(coalesce(o.gross_margin, o.margin)), 0) AS margin
    FROM won AS w
    INNER JOIN core.fact_order_line AS o ON o.customer_key = w.customer_key AND o.order_date >= w.first_date AND o.order_date < w.first_date + 365
    GROUP BY w.lead_id, w.lead_source
), whole AS (
    SELECT CAST(sum(e.margin) AS DOUBLE) / count(*) AS mean FROM earned AS e HAVING count(*) > 0
)
SELECT s.lead_source, CAST(count(e.lead_id) AS INTEGER) AS "customers",
       CAST((CAST(coalesce(sum(e.margin), 0) AS DOUBLE) + CAST(? AS INTEGER) * h.mean) / (count(e.lead_id) + CAST(? AS INTEGER)) AS DECIMAL(18, 4)) AS "margin_year"
FROM (SELECT DISTINCT lead_source FROM feature.lead) AS s
CROSS JOIN whole AS h
LEFT JOIN earned AS e ON e.lead_source = s.lead_source
GROUP BY s.lead_source, h.mean
ORDER BY s.lead_source
