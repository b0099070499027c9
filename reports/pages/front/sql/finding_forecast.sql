-- Net sales expected in the next twelve months beside the last twelve, where they
-- differ by a fiftieth or more; only where such forecasts of the whole, made in the
-- past, did better than repeating the year before.
SELECT 1 AS n, abs(f.net - h.net) AS amount, f.net / nullif(h.net, 0) - 1 AS change, false AS alarm, '' AS id, '' AS name, '' AS kind, f.net - h.net AS part, '' AS code
FROM (SELECT CAST(sum(x.mean) AS DOUBLE) AS net, count(*) AS months FROM score.forecast AS x WHERE x.measure = 'net' AND x.level = 'total' AND x.step <= 12) AS f
CROSS JOIN (SELECT CAST(sum(y."value") AS DOUBLE) AS net, count(*) AS months FROM (SELECT z."value" FROM score.forecast_history AS z WHERE z.measure = 'net' AND z.level = 'total' ORDER BY z.month DESC LIMIT 12) AS y) AS h
WHERE f.months = 12 AND h.months = 12 AND abs(f.net - h.net) >= .02 * abs(h.net)
  AND EXISTS (SELECT 1 FROM score.forecast_backtest AS b WHERE b.measure = 'net' AND b.level = 'total' AND b.grade = 'better')
