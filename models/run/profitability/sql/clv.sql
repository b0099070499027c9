CREATE OR REPLACE TABLE score.clv AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    r.as_of,
    s.model AS "model",
    s.fitted_on AS "fitted_on",
    CAST(s.repeats AS INTEGER) AS "repeats",
    DATE '1970-01-01' + CAST(s.first_day AS INTEGER) AS "first_date",
    DATE '1970-01-01' + CAST(s.last_day AS INTEGER) AS "last_date",
    s.p_alive AS "p_alive",
    s.expected AS "expected_orders",
    CAST(s.low AS INTEGER) AS "orders_low",
    CAST(s.high AS INTEGER) AS "orders_high",
    s.p_none AS "p_no_order",
    CASE WHEN s.next_days < 36500 THEN r.as_of + CAST(greatest(round(s.next_days), 1) AS INTEGER) END AS "next_order_date",
    CASE WHEN s.early_days < 36500 THEN r.as_of + CAST(greatest(round(s.early_days), 1) AS INTEGER) END AS "next_order_early",
    CASE WHEN s.late_days < 36500 THEN r.as_of + CAST(greatest(round(s.late_days), 1) AS INTEGER) END AS "next_order_late",
    CAST(s.mean_spend AS DECIMAL(18, 4)) AS "mean_order",
    m.margin_rate AS "margin_rate",
    CAST(s.value AS DECIMAL(18, 4)) AS "sales_to_come",
    CAST(s.value * m.margin_rate AS DECIMAL(18, 4)) AS "clv",
    CAST(s.forever * m.margin_rate AS DECIMAL(18, 4)) AS "clv_unlimited"
FROM temp.main.fitted AS s
CROSS JOIN meta.run AS r
LEFT JOIN feature.customer_margin AS m ON m.customer_key = s.customer_key
ORDER BY "customer_key"
