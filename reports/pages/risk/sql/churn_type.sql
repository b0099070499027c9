-- Customers at risk by type, beside the rate at the last origin whose horizon has
-- ended, and who of them came back since.
WITH past AS (
    SELECT r.customer_type, r.at_risk, r."left", r.came_back, row_number() OVER (PARTITION BY r.customer_type ORDER BY r.origin DESC) AS place
    FROM score.churn_rate AS r
)
SELECT s.customer_type, count(*), count(CASE WHEN s.band = 'high' THEN 1 END), sum(s.expected_left), sum(s.value_at_risk), max(s.horizon_days), max(p.at_risk), max(p."left"), max(p.came_back)
FROM score.churn AS s
LEFT JOIN past AS p ON p.customer_type = coalesce(s.customer_type, '') AND p.place = 1
GROUP BY s.customer_type
ORDER BY sum(s.value_at_risk) DESC NULLS LAST, s.customer_type NULLS LAST
