-- rows: class.bucket
-- columns: channel.kind
-- Every measure of the cube "bridge", by reporting class and kind of channel, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.a) = 1 THEN '(total)' ELSE t.a END AS "type",
  CASE WHEN GROUPING(t.b) = 1 THEN '(total)' ELSE t.b END AS "year",
  sum(t.margin_before) AS "margin_before",
  sum(t.margin_after) AS "margin_after",
  sum(t.margin_after) - sum(t.margin_before) AS "change",
  sum(t.volume) AS "volume",
  sum(t.mix) AS "mix",
  sum(t.assortment) AS "assortment",
  sum(t.price) AS "price",
  sum(t.discount) AS "discount",
  sum(t.currency) AS "exchange",
  sum(t.cost) AS "purchase_cost",
  sum(t.inbound) AS "inbound",
  sum(t.coverage) AS "coverage",
  sum(t.margin_after - t.margin_before - t.volume - t.mix - t.assortment - t.price - t.discount - t.currency - t.cost - t.inbound - t.coverage) AS "unexplained",
  sum(t.net_before) AS "net_before",
  sum(t.net_after) AS "net_after",
  (sum(t.margin_before))::DOUBLE / nullif((sum(t.net_before))::DOUBLE, 0) AS "margin_pct_before",
  (sum(t.margin_after))::DOUBLE / nullif((sum(t.net_after))::DOUBLE, 0) AS "margin_pct_after",
  sum(t.net_matched) AS "net_matched",
  (sum(t.net_matched))::DOUBLE / nullif((sum(t.net_before) + sum(t.net_after))::DOUBLE, 0) AS "matched_share"
FROM (
  SELECT f.*,
    CASE WHEN f.clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.bucket, '(none)') END AS a,
    CASE WHEN f.channel_key = -1 OR h.channel_key IS NULL THEN '(unknown)' ELSE coalesce(h.kind, '(none)') END AS b
  FROM score.bridge_latest AS f
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  LEFT JOIN core.dim_channel AS h ON h.channel_key = f.channel_key
) AS t
GROUP BY GROUPING SETS ((t.a, t.b), (t.a), (t.b), ())
ORDER BY 1, 2;
