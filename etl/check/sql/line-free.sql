-- table: order_line
-- severity: info
-- threshold: 0.02
-- needs: order_line
-- description: Order lines at a price of zero
-- hint: Gifts, samples, or prices that were not entered.
-- tested: SELECT count(*) FROM stage.order_line
SELECT line_id, order_id, unit_price AS value
FROM stage.order_line
WHERE unit_price = 0
