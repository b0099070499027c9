-- Suppliers under an alarm that has not ended, with what their lines sold for.
SELECT count(*) AS n, sum(a.net) AS amount, CAST(NULL AS DOUBLE) AS change, true AS alarm, '' AS id, arg_max(d.name, ROW(a.net, -d.supplier_key)) AS name, '' AS kind, max(a.net) AS part,
       arg_max(a.measure, ROW(a.net, -d.supplier_key)) AS code
FROM (
  SELECT s.supplier_key, s.net, min(m.measure) AS measure
  FROM score.supplier AS s
  JOIN score.supplier_alarm AS m ON m.supplier_key = s.supplier_key AND m.ended IS NULL
  GROUP BY s.supplier_key, s.net
) AS a
JOIN core.dim_supplier AS d ON d.supplier_key = a.supplier_key
