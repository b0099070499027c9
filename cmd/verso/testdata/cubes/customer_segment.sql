-- rows: customer.type
-- columns: customer.segment
-- Every measure of the cube "customer_segment", by customer type and segment,
-- with all totals, written by hand from the tables the scores are made of.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.segment) = 1 THEN '(total)' ELSE t.segment END AS "year",
  count(*) AS "customers",
  count(*) FILTER (WHERE t.net > 0) AS "buyers",
  sum(t.net) AS "net",
  sum(t.net_before) AS "net_before",
  sum(t.net) - sum(t.net_before) AS "net_change",
  sum(t.margin) AS "margin",
  sum(t.contribution) AS "contribution",
  sum(t.clv) AS "clv",
  (sum(t.net))::DOUBLE / nullif(count(*) FILTER (WHERE t.net > 0), 0) AS "net_per_buyer",
  avg(t.loyalty) AS "loyalty",
  sum(t.known) AS "known_fields",
  sum(t.fields) AS "fields",
  (sum(t.known))::DOUBLE / nullif(sum(t.fields), 0) AS "completeness",
  count(*) FILTER (WHERE t.is_stale) AS "stale"
FROM (
  SELECT coalesce(k.customer_type, '(none)') AS kind, coalesce(s.name, '(none)') AS segment,
    coalesce(n.net, 0) AS net, n.margin, coalesce(b.net, 0) AS net_before, p.contribution, v.clv, l.loyalty, c.known, c.fields, c.is_stale
  FROM core.dim_customer AS k
  CROSS JOIN (SELECT max(CASE WHEN name = 'from' THEN value END)::DATE AS from_date, max(CASE WHEN name = 'to' THEN value END)::DATE AS to_date FROM card.parameter WHERE model = 'pyramid') AS w
  CROSS JOIN (SELECT coalesce(max(CASE WHEN name = 'before_from' THEN value END), '9999-01-01')::DATE AS from_date, coalesce(max(CASE WHEN name = 'before_to' THEN value END), '9999-01-01')::DATE AS to_date FROM card.parameter WHERE model = 'moves') AS e
  LEFT JOIN LATERAL (SELECT sum(f.net) AS net, CASE WHEN (SELECT count(o.margin) FROM core.fact_order_line AS o WHERE o.order_date BETWEEN w.from_date AND w.to_date) > 0 THEN coalesce(sum(f.margin), 0) END AS margin
    FROM core.fact_order_line AS f WHERE f.customer_key = k.customer_key AND f.order_date BETWEEN w.from_date AND w.to_date) AS n ON true
  LEFT JOIN LATERAL (SELECT sum(f.net) AS net FROM core.fact_order_line AS f WHERE f.customer_key = k.customer_key AND f.order_date BETWEEN e.from_date AND e.to_date) AS b ON true
  LEFT JOIN score.segment AS s ON s.customer_key = k.customer_key
  LEFT JOIN score.customer_profit AS p ON p.customer_key = k.customer_key
  LEFT JOIN score.clv AS v ON v.customer_key = k.customer_key
  LEFT JOIN score.loyalty AS l ON l.customer_key = k.customer_key
  LEFT JOIN score.customer_completeness AS c ON c.customer_key = k.customer_key
  WHERE k.customer_key <> -1
) AS t
GROUP BY GROUPING SETS ((t.kind, t.segment), (t.kind), (t.segment), ())
ORDER BY 1, 2;
