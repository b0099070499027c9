-- core.dim_customer. Merged records stay members (status merged); their facts
-- are with the surviving record. First and last order, and the cohort, come
-- from order lines of at least one copy. The group is the customer at the top
-- of the parents, the customer itself when it has none.
CREATE OR REPLACE TABLE core.dim_customer AS
WITH ordered AS (
    SELECT customer_key, min(order_date) AS first_order_date, max(order_date) AS last_order_date
    FROM core.fact_order_line
    WHERE qty > 0
    GROUP BY customer_key
), named AS (
    SELECT c.customer_key, coalesce(s.name, s.name_en, CAST(c.customer_id AS VARCHAR)) AS name
    FROM star_customer c
    LEFT JOIN stage.customer s ON s.customer_id = c.customer_id
)
SELECT c.customer_key,
       CAST(c.customer_id AS VARCHAR) AS customer_id,
       s.customer_no,
       n.name,
       s.name_en, s.customer_type, s.subtype,
       coalesce(t.parent_key, -1) AS parent_customer_key,
       coalesce(top.name, n.name) AS group_name,
       s.industry,
       g.geo_key,
       s.city,
       coalesce(h.channel_key, -1) AS channel_key,
       coalesce(e.employee_key, -1) AS owner_employee_key,
       s.first_contact_date, s.first_contact_source, s.created_date,
       CASE WHEN m.root_key <> c.customer_key THEN 'merged' ELSE s.status END AS status,
       s.credit_limit, s.credit_days, s.annual_book_budget, s.pref_language, s.consent_marketing,
       o.first_order_date, o.last_order_date,
       CAST(EXTRACT(year FROM o.first_order_date) AS VARCHAR) || '-' || lpad(CAST(EXTRACT(month FROM o.first_order_date) AS VARCHAR), 2, '0') AS cohort_month,
       CAST(EXTRACT(year FROM o.first_order_date) AS INTEGER) AS cohort_year,
       c.is_inferred
FROM star_customer c
JOIN named n ON n.customer_key = c.customer_key
JOIN star_customer_geo g ON g.customer_key = c.customer_key
LEFT JOIN stage.customer s ON s.customer_id = c.customer_id
LEFT JOIN star_tree t ON t.subject = 'customer' AND t.member_key = c.customer_key
LEFT JOIN star_tree m ON m.subject = 'merge' AND m.member_key = c.customer_key
LEFT JOIN named top ON top.customer_key = t.root_key
LEFT JOIN core.dim_channel h ON h.channel_id = CAST(s.channel_id AS VARCHAR)
LEFT JOIN star_employee e ON e.employee_id = s.owner_employee_id
LEFT JOIN ordered o ON o.customer_key = c.customer_key
UNION ALL
SELECT -1, NULL, NULL, '(unknown)', NULL, '(unknown)', NULL, -1, '(unknown)', NULL, -1, NULL, -1, -1,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(unknown)', NULL, false
ORDER BY customer_key;
