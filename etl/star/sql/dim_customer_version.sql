-- core.dim_customer_version: customers as they were (type 2): type, subtype,
-- region, channel, owner, status, credit, price policy and parent; everything
-- else is told as it is now. A version begins on the as-of date of the run that
-- first showed it, the first one long before; each ends where the next begins.
-- The last one is the customer of stage.customer.
CREATE OR REPLACE TABLE core.dim_customer_version AS
WITH last AS (
    SELECT customer_id, max(_from) AS since FROM stage.customer_version GROUP BY customer_id
), earlier AS (
    SELECT h.customer_id, h._from AS since, h.customer_type, h.subtype, h.region_code, h.country, h.channel_id, h.owner_employee_id, h.status,
           h.merged_into, h.credit_limit, h.credit_days, h.price_policy_id, h.parent_customer_id,
           row_number() OVER (
               PARTITION BY h.customer_id, h._from
               ORDER BY h.customer_type NULLS LAST, h.subtype NULLS LAST, h.region_code NULLS LAST, h.country NULLS LAST,
                        h.channel_id NULLS LAST, h.owner_employee_id NULLS LAST, h.status NULLS LAST, h.merged_into NULLS LAST, h.credit_limit NULLS LAST,
                        h.credit_days NULLS LAST, h.price_policy_id NULLS LAST, h.parent_customer_id NULLS LAST
           ) AS place
    FROM stage.customer_version h
    JOIN last l ON l.customer_id = h.customer_id AND coalesce(h._from, DATE '1900-01-01') < l.since
), told AS (
    SELECT c.customer_id, l.since, true AS is_last, s.customer_type, s.subtype, s.region_code, s.country, s.channel_id, s.owner_employee_id, s.status,
           s.merged_into, s.credit_limit, s.credit_days, s.price_policy_id, s.parent_customer_id
    FROM star_customer c
    LEFT JOIN stage.customer s ON s.customer_id = c.customer_id
    LEFT JOIN last l ON l.customer_id = c.customer_id
    UNION ALL
    SELECT e.customer_id, e.since, false, e.customer_type, e.subtype, e.region_code, e.country, e.channel_id, e.owner_employee_id, e.status,
           e.merged_into, e.credit_limit, e.credit_days, e.price_policy_id, e.parent_customer_id
    FROM earlier e
    WHERE e.place = 1
), numbered AS (
    SELECT customer_id, since, customer_type, subtype, region_code, country, channel_id, owner_employee_id, status, merged_into,
           credit_limit, credit_days, price_policy_id, parent_customer_id,
           row_number() OVER (PARTITION BY customer_id ORDER BY since NULLS FIRST, is_last) AS n
    FROM told
), begun AS (
    SELECT t.customer_id, CASE WHEN t.n = 1 THEN DATE '1900-01-01' ELSE t.since END AS valid_from,
           t.customer_type, t.subtype, t.region_code, t.country, t.channel_id, t.owner_employee_id, t.status, t.merged_into,
           t.credit_limit, t.credit_days, t.price_policy_id, t.parent_customer_id
    FROM numbered t
    LEFT JOIN numbered p ON p.customer_id = t.customer_id AND p.n = t.n - 1
    WHERE p.n IS NULL
       OR p.customer_type IS DISTINCT FROM t.customer_type OR p.subtype IS DISTINCT FROM t.subtype
       OR p.region_code IS DISTINCT FROM t.region_code OR p.country IS DISTINCT FROM t.country
       OR p.channel_id IS DISTINCT FROM t.channel_id OR p.owner_employee_id IS DISTINCT FROM t.owner_employee_id
       OR p.status IS DISTINCT FROM t.status OR p.merged_into IS DISTINCT FROM t.merged_into
       OR p.credit_limit IS DISTINCT FROM t.credit_limit OR p.credit_days IS DISTINCT FROM t.credit_days
       OR p.price_policy_id IS DISTINCT FROM t.price_policy_id OR p.parent_customer_id IS DISTINCT FROM t.parent_customer_id
), period AS (
    SELECT b.customer_id, b.valid_from,
           coalesce(lead(b.valid_from) OVER (PARTITION BY b.customer_id ORDER BY b.valid_from), DATE '9999-12-31') AS valid_to,
           b.customer_type, b.subtype, b.region_code, b.country, b.channel_id, b.owner_employee_id, b.status, b.merged_into,
           b.credit_limit, b.credit_days, b.price_policy_id, b.parent_customer_id
    FROM begun b
), country AS (
    SELECT name, min(geo_key) AS geo_key FROM core.dim_geo WHERE level = 'country' GROUP BY name
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, c.customer_key, v.valid_from) AS INTEGER) AS version_key,
       c.customer_key, v.valid_from, v.valid_to, v.valid_to = DATE '9999-12-31' AS is_current,
       CAST(v.customer_id AS VARCHAR) AS customer_id,
       coalesce(s.name, s.name_en, CAST(v.customer_id AS VARCHAR)) AS name,
       v.customer_type, v.subtype, g.geo_key, g.area, g.area_zh, g.province, g.province_zh, g.country,
       h.channel_key, h.channel_id, h.name AS channel, h.kind AS channel_kind,
       e.employee_key AS owner_employee_key, e.employee_id AS owner_id, e.name AS owner,
       CASE WHEN v.merged_into IS NOT NULL AND m.root_key <> c.customer_key THEN 'merged' ELSE v.status END AS status,
       v.credit_limit, v.credit_days, CAST(v.price_policy_id AS VARCHAR) AS price_policy_id,
       CASE WHEN v.valid_to = DATE '9999-12-31' THEN coalesce(t.parent_key, -1) ELSE coalesce(q.root_key, p.customer_key, -1) END AS parent_customer_key
FROM period v
JOIN star_customer c ON c.customer_id = v.customer_id
LEFT JOIN stage.customer s ON s.customer_id = v.customer_id
LEFT JOIN core.dim_geo r ON r.region_code = v.region_code
LEFT JOIN core.dim_geo k ON k.region_code = v.country
LEFT JOIN country n ON n.name = v.country
JOIN core.dim_geo g ON g.geo_key = coalesce(r.geo_key, k.geo_key, n.geo_key, -1)
LEFT JOIN core.dim_channel a ON a.channel_id = CAST(v.channel_id AS VARCHAR)
JOIN core.dim_channel h ON h.channel_key = coalesce(a.channel_key, -1)
LEFT JOIN star_employee o ON o.employee_id = v.owner_employee_id
JOIN core.dim_employee e ON e.employee_key = coalesce(o.employee_key, -1)
LEFT JOIN star_tree m ON m.subject = 'merge' AND m.member_key = c.customer_key
LEFT JOIN star_tree t ON t.subject = 'customer' AND t.member_key = c.customer_key
LEFT JOIN star_customer p ON p.customer_id = v.parent_customer_id
LEFT JOIN star_tree q ON q.subject = 'merge' AND q.member_key = p.customer_key
LEFT JOIN meta.star_key place ON place.dim = 'customer_version' AND place.id = CAST(v.customer_id AS VARCHAR) || ' ' || CAST(v.valid_from AS VARCHAR)
UNION ALL
SELECT -1, -1, DATE '1900-01-01', DATE '9999-12-31', true, NULL, '(unknown)', '(unknown)', NULL, -1, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)',
       -1, NULL, '(unknown)', '(unknown)', -1, NULL, '(unknown)', NULL, NULL, NULL, NULL, -1
ORDER BY version_key;
