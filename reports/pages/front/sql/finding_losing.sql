-- Customers who cost more than they leave, and the reason that is behind most of
-- the loss.
SELECT sum(r.customers) AS n, sum(r.loss) AS amount, CAST(NULL AS DOUBLE) AS change, false AS alarm, '' AS id, '' AS name, '' AS kind, max(r.loss) AS part, arg_max(r.code, ROW(r.loss, r.code)) AS code
FROM (
  SELECT coalesce(p.reason_1, '') AS code, count(*) AS customers, sum(-p.contribution) AS loss
  FROM score.customer_profit AS p
  WHERE p.contribution < 0
  GROUP BY coalesce(p.reason_1, '')
) AS r
