CREATE OR REPLACE TABLE score.uplift AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    CAST(? AS INTEGER) AS "campaign_key",
    s.predicted_lift AS "predicted_lift",
    CAST(ntile(10) OVER (ORDER BY s.predicted_lift DESC, s.customer_key) AS INTEGER) AS "decile",
    s.contact AS "contact",
    CAST(s.profit AS DECIMAL(18, 4)) AS "profit"
FROM temp.main.fitted AS s
ORDER BY "customer_key"
