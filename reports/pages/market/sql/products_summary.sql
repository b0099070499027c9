-- What the titles come to: one row.
SELECT count(*) AS titles, count(t.abc_rank) AS sold, sum(CASE WHEN t.abc = 'A' THEN 1 ELSE 0 END) AS a_titles,
       CAST(coalesce(sum(CASE WHEN t.abc = 'A' THEN t.net - t.returned END), 0) AS DECIMAL(18, 4)) AS a_net, CAST(coalesce(sum(t.net - t.returned), 0) AS DECIMAL(18, 4)) AS net,
       sum(CASE WHEN t.phase = 'dead' THEN 1 ELSE 0 END) AS dead, count(t.stock) AS counted, sum(CASE WHEN t.stock > 0 THEN 1 ELSE 0 END) AS in_stock,
       CAST(coalesce(sum(t.stock_value), 0) AS DECIMAL(18, 4)) AS stock_value, CAST(coalesce(sum(t.dead_value), 0) AS DECIMAL(18, 4)) AS dead_value,
       CAST(coalesce(sum(t.excess_value), 0) AS DECIMAL(18, 4)) AS excess_value, CAST(sum(t.stock_margin) AS DECIMAL(18, 4)) AS stock_margin,
       CAST(sum(t.mean_stock_value) AS DECIMAL(18, 4)) AS mean_stock_value, CAST(sum(t.copies_returned) AS BIGINT) AS copies_returned, CAST(sum(t.copies) AS BIGINT) AS copies
FROM score.title AS t
