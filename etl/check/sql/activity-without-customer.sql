-- table: activity
-- severity: warn
-- threshold: 0.01
-- needs: activity
-- description: Contacts of which neither the customer nor the person is known
-- hint: They cost time but fall on no customer; complete customer_id or contact_id in the source.
-- tested: SELECT count(*) FROM core.fact_activity
SELECT f.activity_id, f.date AS value
FROM core.fact_activity f
WHERE f.customer_key = -1
