-- How many customers changed how.
SELECT h."change", count(DISTINCT h.customer_key) FROM score.churn_change AS h GROUP BY h."change" ORDER BY h."change"
