-- table: order_line
-- severity: info
-- threshold: 0.05
-- needs: order_line
-- description: Order lines in words only, without a title
-- hint: They count under (unknown) in every analysis by title, class and publisher.
-- tested: SELECT count(*) FROM stage.order_line
SELECT line_id, order_id, title_text AS value
FROM stage.order_line
WHERE title_id IS NULL
