-- Customers: those of stage.customer, or, when it was not supplied, those who
-- ordered, returned, or had other dealings with us.
CREATE OR REPLACE TEMP TABLE star_customer AS
WITH mentioned AS (
    SELECT h.customer_id FROM stage.order_header h JOIN star_missing s ON s.table_name = 'customer' WHERE h.customer_id IS NOT NULL
    UNION
    SELECT r.customer_id FROM stage.return_line r JOIN star_missing s ON s.table_name = 'customer' WHERE r.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.activity x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.message x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.ticket x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.survey_response x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.campaign_target x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.campaign_response x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.opportunity x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.customer_id FROM stage.quote x JOIN star_missing s ON s.table_name = 'customer' WHERE x.customer_id IS NOT NULL
    UNION
    SELECT x.converted_customer_id FROM stage.lead x JOIN star_missing s ON s.table_name = 'customer' WHERE x.converted_customer_id IS NOT NULL
), member AS (
    SELECT customer_id, false AS is_inferred FROM stage.customer
    UNION ALL
    SELECT customer_id, true FROM mentioned
)
SELECT CAST(row_number() OVER (ORDER BY customer_id) AS INTEGER) AS customer_key, customer_id, is_inferred
FROM member;
