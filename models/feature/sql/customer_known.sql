-- feature.customer_known: which key fields of every known customer are filled in.
-- One row a customer and field.
--   is_known    1 or 0
--   is_counted  1 where the company has the field of any customer of the type: a
--               field that it records of none of them is no gap in a profile
WITH field AS (
    SELECT f.place, f.field
    FROM (VALUES (1, 'name'), (2, 'type'), (3, 'region'), (4, 'city'), (5, 'industry'), (6, 'channel'), (7, 'owner'), (8, 'first_contact'), (9, 'source'),
          (10, 'person'), (11, 'phone'), (12, 'email'), (13, 'role'), (14, 'interests'), (15, 'language'), (16, 'consent'), (17, 'credit_limit'), (18, 'credit_days'), (19, 'budget')) AS f (place, field)
), filled AS (
    SELECT c.customer_key, coalesce(c.customer_type, '') AS customer_type, f.place, f.field,
           CASE WHEN CASE f.field
                WHEN 'name' THEN trim(c.name) <> ''
                WHEN 'type' THEN trim(c.customer_type) <> ''
                WHEN 'region' THEN c.geo_key <> -1
                WHEN 'city' THEN trim(c.city) <> ''
                WHEN 'industry' THEN trim(c.industry) <> ''
                WHEN 'channel' THEN c.channel_key <> -1
                WHEN 'owner' THEN c.owner_employee_key <> -1
                WHEN 'first_contact' THEN c.first_contact_date IS NOT NULL
                WHEN 'source' THEN trim(c.first_contact_source) <> ''
                WHEN 'person' THEN p.contacts > 0
                WHEN 'phone' THEN p.with_phone > 0
                WHEN 'email' THEN p.with_email > 0
                WHEN 'role' THEN p.with_role > 0
                WHEN 'interests' THEN p.interests > 0
                WHEN 'language' THEN trim(c.pref_language) <> ''
                WHEN 'consent' THEN c.consent_marketing IS NOT NULL
                WHEN 'credit_limit' THEN c.credit_limit IS NOT NULL
                WHEN 'credit_days' THEN c.credit_days IS NOT NULL
                WHEN 'budget' THEN c.annual_book_budget > 0
                END THEN 1 ELSE 0 END AS is_known
    FROM core.dim_customer AS c
    CROSS JOIN field AS f
    LEFT JOIN core.fact_customer_profile AS p ON p.customer_key = c.customer_key
    WHERE c.customer_key <> -1
), counted AS (
    SELECT f.customer_type, f.place, max(f.is_known) AS is_counted
    FROM filled AS f
    GROUP BY f.customer_type, f.place
)
SELECT f.customer_key, f.customer_type, f.place, f.field, f.is_known, c.is_counted
FROM filled AS f
INNER JOIN counted AS c ON c.customer_type = f.customer_type AND c.place = f.place
ORDER BY f.customer_key, f.place
