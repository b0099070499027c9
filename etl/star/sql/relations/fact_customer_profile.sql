-- core.fact_customer_profile: what is recorded of a customer beside its master
-- record, one row for each that has any: people to turn to as of today, how they
-- can be reached, and the subjects the customer said to care for.
CREATE OR REPLACE TABLE core.fact_customer_profile AS
WITH person AS (
    SELECT m.customer_key, count(*) AS contacts,
           sum(CASE WHEN trim(c.phone) <> '' THEN 1 ELSE 0 END) AS with_phone, sum(CASE WHEN trim(c.email) <> '' THEN 1 ELSE 0 END) AS with_email,
           sum(CASE WHEN trim(c.role) <> '' THEN 1 ELSE 0 END) AS with_role
    FROM stage.customer_contact c
    CROSS JOIN meta.star_parameter p
    JOIN star_customer_map m ON m.customer_id = c.customer_id
    WHERE NOT coalesce(c.is_deleted, false) AND coalesce(c.valid_from <= p.as_of, true) AND coalesce(c.valid_to >= p.as_of, true) AND m.customer_key <> -1
    GROUP BY m.customer_key
), interest AS (
    SELECT m.customer_key, count(DISTINCT i.clc_code) AS interests
    FROM stage.customer_clc_interest i
    JOIN star_customer_map m ON m.customer_id = i.customer_id
    WHERE NOT coalesce(i.is_deleted, false) AND coalesce(i.declared_or_observed, 'declared') = 'declared' AND m.customer_key <> -1
    GROUP BY m.customer_key
)
SELECT coalesce(p.customer_key, i.customer_key) AS customer_key, CAST(coalesce(p.contacts, 0) AS INTEGER) AS contacts,
       CAST(coalesce(p.with_phone, 0) AS INTEGER) AS with_phone, CAST(coalesce(p.with_email, 0) AS INTEGER) AS with_email,
       CAST(coalesce(p.with_role, 0) AS INTEGER) AS with_role, CAST(coalesce(i.interests, 0) AS INTEGER) AS interests
FROM person p
FULL JOIN interest i ON i.customer_key = p.customer_key
ORDER BY 1;
