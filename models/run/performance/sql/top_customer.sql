-- What became of the largest customers of a year:
--   silent           nothing ordered since, which chance gives less than once in a
--                    hundred times with as many orders as then (fitted)
--   none yet         nothing ordered since, but few orders then either
--   halved           less net, and less than half as many orders, as few as chance
--                    gives less than once in a hundred times (fitted)
--   smaller orders   less than half the net, but not so by fewer orders: lots that
--                    came then and not now
--   complaints       they made in that year
CREATE OR REPLACE TABLE score.top_customer AS
SELECT CAST(r.place AS INTEGER) AS "rank", r.customer_key, CAST(r.net_year AS DECIMAL(18, 4)) AS net_year, CAST(r.net_same_days AS DECIMAL(18, 4)) AS net_same_days,
       CAST(r.net_now AS DECIMAL(18, 4)) AS net_now, CAST(r.net_now - r.net_same_days AS DECIMAL(18, 4)) AS change, r.last_order,
       CAST(r.orders_same_days AS INTEGER) AS orders_same_days, CAST(r.orders_now AS INTEGER) AS orders_now,
       CASE WHEN r.orders_now = 0 AND f.is_fewer THEN 'silent'
            WHEN r.orders_now = 0 THEN 'none yet'
            WHEN r.net_now < r.net_same_days AND f.is_fewer THEN 'halved'
            WHEN r.net_now * 2 < r.net_same_days THEN 'smaller orders'
            ELSE 'ordering' END AS status,
       CAST(coalesce(r.complaints, 0) AS INTEGER) AS complaints, r.last_complaint, CAST(coalesce(r.open_complaints, 0) AS INTEGER) AS open_complaints
FROM top_course AS r
INNER JOIN temp.main.fitted AS f ON f.customer_key = r.customer_key
ORDER BY r.place
