-- Customers won and active by month: three years back and the months ahead.
SELECT a.month, a.is_projected, a.new_customers, a.new_low_80, a.new_high_80, a.active, a.active_low_80, a.active_high_80, a.of_today
FROM score.acquisition AS a
WHERE a.is_settled AND a.month > (SELECT CAST(max(b.month) - INTERVAL 36 MONTH AS DATE) FROM score.acquisition AS b WHERE NOT b.is_projected)
ORDER BY a.month
