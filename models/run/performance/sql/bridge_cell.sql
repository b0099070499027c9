-- The bridge of one comparison by class, channel and currency of purchase, from
-- bridge_item. What a title sold in both periods would have cost and brought at
-- its own prices of before is "held"; other titles stand at their own. A title
-- whose price or cost a copy is half or less, or twice or more, what it was is
-- no longer the same goods (copies cancelled after they were bought, a set sold
-- in parts) and counts with the other titles. Half of the copies cancelled makes a
-- cost of exactly twice: that such a title is out must not hang on the last digit.
-- Where a class, channel and currency had no sales before, or cost half more than
-- they brought, what it would earn is the company's share of margin.
-- Parameters: the comparison.
INSERT INTO score.bridge_cell
WITH title AS (
    SELECT title_key,
           CAST(sum(gross_old) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(qty) FILTER (WHERE side = 0) AS DOUBLE) AS price_0,
           CAST(sum(goods_old) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(qty) FILTER (WHERE side = 0) AS DOUBLE) AS cost_0
    FROM bridge_item
    WHERE title_key <> -1
    GROUP BY title_key
    HAVING sum(qty) FILTER (WHERE side = 0) > 0 AND sum(qty) FILTER (WHERE side = 1) > 0
       AND CAST(sum(gross_old) FILTER (WHERE side = 1) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 0) AS DOUBLE)
           BETWEEN 0.50001 * CAST(sum(gross_old) FILTER (WHERE side = 0) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 1) AS DOUBLE)
               AND 1.99999 * CAST(sum(gross_old) FILTER (WHERE side = 0) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 1) AS DOUBLE)
       AND CAST(sum(goods_old) FILTER (WHERE side = 1) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 0) AS DOUBLE)
           BETWEEN 0.50001 * CAST(sum(goods_old) FILTER (WHERE side = 0) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 1) AS DOUBLE)
               AND 1.99999 * CAST(sum(goods_old) FILTER (WHERE side = 0) AS DOUBLE) * CAST(sum(qty) FILTER (WHERE side = 1) AS DOUBLE)
), held AS (
    SELECT i.side, i.clc_key, i.channel_key, i.bought_key, coalesce(k.kind, '(unknown)') AS kind,
           sum(i.net) AS net, sum(i.goods) AS goods, sum(i.inbound) AS inbound, sum(i.gross_old) AS gross_old, sum(i.net_old) AS net_old,
           sum(i.goods_old) AS goods_old, sum(i.landed_old) AS landed_old,
           sum(CASE WHEN t.title_key IS NULL THEN i.gross_old ELSE CAST(t.price_0 * i.qty AS DECIMAL(18, 4)) END) AS gross_held,
           sum(CASE WHEN t.title_key IS NULL THEN i.goods_old ELSE CAST(t.cost_0 * i.qty AS DECIMAL(18, 4)) END) AS goods_held,
           sum(CASE WHEN t.title_key IS NULL THEN 0 ELSE i.net END) AS net_matched
    FROM bridge_item AS i
    LEFT JOIN title AS t ON t.title_key = i.title_key
    LEFT JOIN core.dim_channel AS k ON k.channel_key = i.channel_key
    GROUP BY i.side, i.clc_key, i.channel_key, i.bought_key, k.kind
), freight AS (
    SELECT bought_key,
           CASE WHEN sum(landed_old) FILTER (WHERE side = 0) > 0 THEN CAST(sum(inbound) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(landed_old) FILTER (WHERE side = 0) AS DOUBLE)
                WHEN sum(landed_old) > 0 THEN CAST(sum(inbound) AS DOUBLE) / CAST(sum(landed_old) AS DOUBLE)
                ELSE 0 END AS rate
    FROM held
    GROUP BY bought_key
), discounted AS (
    SELECT clc_key, kind, bought_key,
           CASE WHEN sum(gross_old) FILTER (WHERE side = 0) > 0 THEN 1 - CAST(sum(net_old) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(gross_old) FILTER (WHERE side = 0) AS DOUBLE)
                WHEN sum(gross_old) > 0 THEN 1 - CAST(sum(net_old) AS DOUBLE) / CAST(sum(gross_old) AS DOUBLE)
                ELSE 0 END AS rate
    FROM held
    GROUP BY clc_key, kind, bought_key
), based AS (
    SELECT h.side, h.clc_key, h.channel_key, h.bought_key, h.kind, h.net, h.goods, h.inbound, h.gross_old, h.net_old, h.goods_old, h.landed_old, h.gross_held, h.goods_held, h.net_matched,
           f.rate AS freight_rate, d.rate AS discount_rate,
           CAST(CAST(h.gross_held AS DOUBLE) * (1 - d.rate) AS DECIMAL(18, 4)) AS value_held,
           CAST(CAST(h.goods_held AS DOUBLE) * (1 + f.rate) AS DECIMAL(18, 4)) AS cost_held
    FROM held AS h
    INNER JOIN freight AS f ON f.bought_key = h.bought_key
    INNER JOIN discounted AS d ON d.clc_key = h.clc_key AND d.kind = h.kind AND d.bought_key = h.bought_key
), company AS (
    SELECT CAST(sum(value_held) FILTER (WHERE side = 0) AS DOUBLE) AS value_0, CAST(sum(value_held) FILTER (WHERE side = 1) AS DOUBLE) AS value_1,
           CAST(sum(value_held - cost_held) FILTER (WHERE side = 0) AS DOUBLE) AS margin_0
    FROM based
), grown AS (
    SELECT value_1 / value_0 AS growth, margin_0 / value_0 AS rate
    FROM company
    WHERE value_0 > 0 AND value_1 IS NOT NULL
), earned AS (
    SELECT b.clc_key, b.kind, b.bought_key,
           CASE WHEN sum(b.value_held) FILTER (WHERE b.side = 0) > 0 AND sum(b.cost_held) FILTER (WHERE b.side = 0) < 1.5 * sum(b.value_held) FILTER (WHERE b.side = 0)
                THEN CAST(sum(b.value_held - b.cost_held) FILTER (WHERE b.side = 0) AS DOUBLE) / CAST(sum(b.value_held) FILTER (WHERE b.side = 0) AS DOUBLE) END AS rate
    FROM based AS b
    GROUP BY b.clc_key, b.kind, b.bought_key
), paired AS (
    SELECT clc_key, channel_key, bought_key, kind, max(freight_rate) AS freight_rate, max(discount_rate) AS discount_rate,
           coalesce(sum(net) FILTER (WHERE side = 0), 0) AS net_0, coalesce(sum(net) FILTER (WHERE side = 1), 0) AS net_1,
           coalesce(sum(net - goods - inbound) FILTER (WHERE side = 0), 0) AS margin_0, coalesce(sum(net - goods - inbound) FILTER (WHERE side = 1), 0) AS margin_1,
           coalesce(sum(net_matched), 0) AS net_matched,
           CAST(coalesce(sum(value_held) FILTER (WHERE side = 0), 0) AS DOUBLE) AS value_0, CAST(coalesce(sum(value_held) FILTER (WHERE side = 1), 0) AS DOUBLE) AS value_1,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (gross_old - gross_held)) AS dearer,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (gross_old - net_old)) AS discount,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * gross_old) AS gross,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (net - net_old)) AS net_rated,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (goods - goods_old)) AS goods_rated,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (goods_old - goods_held)) AS costlier,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * inbound) AS inbound,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * landed_old) AS landed,
           sum(CASE WHEN side = 1 THEN 1 ELSE -1 END * (goods_old - landed_old)) AS unlanded
    FROM based
    GROUP BY clc_key, channel_key, bought_key, kind
), effect AS (
    SELECT p.clc_key, p.channel_key, p.bought_key, p.net_0, p.net_1, p.margin_0, p.margin_1, p.net_matched,
           CAST(p.value_0 * (g.growth - 1) * coalesce(e.rate, g.rate) AS DECIMAL(18, 4)) AS volume,
           CAST((p.value_1 - p.value_0 * g.growth) * coalesce(e.rate, g.rate) AS DECIMAL(18, 4)) AS mix,
           CAST(CAST(p.dearer AS DOUBLE) * (1 - p.discount_rate) AS DECIMAL(18, 4)) AS price,
           CAST(p.discount_rate * CAST(p.gross AS DOUBLE) - CAST(p.discount AS DOUBLE) AS DECIMAL(18, 4)) AS discount,
           CAST(p.net_rated - p.goods_rated AS DECIMAL(18, 4)) AS currency,
           CAST(-(1 + p.freight_rate) * CAST(p.costlier AS DOUBLE) AS DECIMAL(18, 4)) AS cost,
           CAST(p.freight_rate * CAST(p.landed AS DOUBLE) - CAST(p.inbound AS DOUBLE) AS DECIMAL(18, 4)) AS inbound,
           CAST(p.freight_rate * CAST(p.unlanded AS DOUBLE) AS DECIMAL(18, 4)) AS coverage,
           CAST(p.value_0 * (g.growth - 1) AS DECIMAL(18, 4)) AS volume_net,
           CAST(p.net_rated AS DECIMAL(18, 4)) AS currency_net
    FROM paired AS p
    CROSS JOIN grown AS g
    INNER JOIN earned AS e ON e.clc_key = p.clc_key AND e.kind = p.kind AND e.bought_key = p.bought_key
)
SELECT CAST(? AS VARCHAR) AS comparison, e.clc_key, e.channel_key, e.bought_key AS currency_key,
       CAST(e.net_0 AS DECIMAL(18, 4)) AS net_before, CAST(e.net_1 AS DECIMAL(18, 4)) AS net_after, CAST(e.net_matched AS DECIMAL(18, 4)) AS net_matched,
       CAST(e.margin_0 AS DECIMAL(18, 4)) AS margin_before, CAST(e.margin_1 AS DECIMAL(18, 4)) AS margin_after,
       e.volume, e.mix,
       CAST(e.margin_1 - e.margin_0 - e.volume - e.mix - e.price - e.discount - e.currency - e.cost - e.inbound - e.coverage AS DECIMAL(18, 4)) AS assortment,
       e.price, e.discount, e.currency, e.cost, e.inbound, e.coverage,
       e.volume_net, CAST(e.net_1 - e.net_0 - e.volume_net - e.price - e.discount - e.currency_net AS DECIMAL(18, 4)) AS mix_net, e.currency_net
FROM effect AS e
ORDER BY e.clc_key, e.channel_key, e.bought_key
