-- table: order_header
-- severity: warn
-- threshold: 0
-- needs: order_header
-- description: No order for more than 31 days before the as-of date
-- hint: The export may have stopped; check that last night's orders are in it.
-- tested: SELECT 1
SELECT max(CAST(o.order_date AS DATE)) AS value, r.as_of
FROM stage.order_header o CROSS JOIN meta.run r
GROUP BY r.as_of
HAVING max(CAST(o.order_date AS DATE)) < r.as_of - 31
