-- Titles and net sales after returns by ABC and XYZ.
SELECT m.abc, m.xyz, m.titles, CAST(m.net - m.returned AS DECIMAL(18, 4)) AS net, m.stock_value
FROM score.title_matrix AS m
ORDER BY m.abc, m.xyz
