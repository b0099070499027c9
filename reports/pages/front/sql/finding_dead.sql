-- Stock that nobody has bought for long.
SELECT count(*) AS n, sum(t.dead_value) AS amount, CAST(NULL AS DOUBLE) AS change, false AS alarm, '' AS id, arg_max(t.title, ROW(t.dead_value, -t.title_key)) AS name, '' AS kind, max(t.dead_value) AS part, '' AS code
FROM score.title AS t
WHERE t.is_dead AND t.dead_value > 0
