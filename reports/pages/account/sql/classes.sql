-- What was bought in twelve months by class, beside the share of the class in what
-- customers of the same type bought. Parameter: keys of customers.
WITH kind AS (
  SELECT c.customer_type, p.clc_key, sum(p.net) AS net
  FROM score.profit_cell AS p
  JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
  GROUP BY c.customer_type, p.clc_key
), base AS (
  SELECT k.customer_type, d.l1_code AS code, sum(k.net) AS net
  FROM kind AS k
  LEFT JOIN core.dim_clc AS d ON d.clc_key = k.clc_key
  GROUP BY k.customer_type, d.l1_code
), own AS (
  SELECT p.customer_key, d.l1_code AS code, max(d.l1_name_en) AS name_en, max(d.l1_name_zh) AS name_zh, sum(p.net) AS net
  FROM score.profit_cell AS p
  LEFT JOIN core.dim_clc AS d ON d.clc_key = p.clc_key
  WHERE p.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
  GROUP BY p.customer_key, d.l1_code
)
SELECT o.customer_key, o.code, o.name_en, o.name_zh, o.net, sum(o.net) OVER (PARTITION BY o.customer_key) AS net_of_all, b.net AS net_of_type,
       (SELECT sum(a.net) FROM base AS a WHERE a.customer_type = c.customer_type) AS net_of_type_all
FROM own AS o
JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
LEFT JOIN base AS b ON b.customer_type = c.customer_type AND coalesce(b.code, '') = coalesce(o.code, '')
ORDER BY o.customer_key, o.net DESC, o.code NULLS LAST
