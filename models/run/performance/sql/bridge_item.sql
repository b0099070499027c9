-- One comparison, title by title: what was sold of it in the two periods at the
-- rates of the earlier one. A row is a title in a class, channel and currency
-- of purchase, on one side (0 before, 1 after).
-- Parameters: both firsts and lasts: before, after.
CREATE OR REPLACE TEMP TABLE bridge_item AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0, CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1
), line AS (
    SELECT CASE WHEN l.order_date >= s.from_1 THEN 1 ELSE 0 END AS side, coalesce(l.title_key, -1) AS title_key, l.clc_key,
           coalesce(l.channel_key, -1) AS channel_key, coalesce(l.publisher_key, -1) AS publisher_key, coalesce(l.currency_key, -1) AS currency_key,
           sum(l.qty) AS qty, sum(l.gross) AS gross, sum(l.net) AS net, sum(coalesce(l.net_constant, l.net)) AS net_constant,
           sum(CASE WHEN l.landed_cost IS NULL THEN l.cost ELSE coalesce(l.cost_settled, l.cost) END) AS goods,
           sum(coalesce(l.cost_constant, l.cost)) AS goods_constant,
           sum(CASE WHEN l.landed_cost IS NULL THEN 0 ELSE l.landed_cost - coalesce(l.cost_settled, l.cost) END) AS inbound,
           sum(CASE WHEN l.landed_cost IS NULL THEN 0 ELSE coalesce(l.cost_constant, l.cost) END) AS landed_constant
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.cost IS NOT NULL AND (l.order_date BETWEEN s.from_0 AND s.to_0 OR l.order_date BETWEEN s.from_1 AND s.to_1)
    GROUP BY CASE WHEN l.order_date >= s.from_1 THEN 1 ELSE 0 END, coalesce(l.title_key, -1), l.clc_key, coalesce(l.channel_key, -1), coalesce(l.publisher_key, -1), coalesce(l.currency_key, -1)
), placed AS (
    SELECT l.side, l.title_key, coalesce(c.class_key, -1) AS clc_key, l.channel_key, coalesce(p.currency_key, -1) AS bought_key, l.currency_key,
           l.qty, l.gross, l.net, l.net_constant, l.goods, l.goods_constant, l.inbound, l.landed_constant
    FROM line AS l
    LEFT JOIN bridge_class AS c ON c.clc_key = l.clc_key
    LEFT JOIN bridge_bought AS p ON p.title_key = l.title_key AND p.publisher_key = l.publisher_key
), sold_rate AS (
    SELECT currency_key,
           CASE WHEN sum(net_constant) FILTER (WHERE side = 0) > 0 THEN CAST(sum(net) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(net_constant) FILTER (WHERE side = 0) AS DOUBLE)
                WHEN sum(net_constant) > 0 THEN CAST(sum(net) AS DOUBLE) / CAST(sum(net_constant) AS DOUBLE)
                ELSE 1 END AS rate
    FROM placed
    GROUP BY currency_key
), bought_rate AS (
    SELECT bought_key,
           CASE WHEN sum(goods_constant) FILTER (WHERE side = 0) > 0 THEN CAST(sum(goods) FILTER (WHERE side = 0) AS DOUBLE) / CAST(sum(goods_constant) FILTER (WHERE side = 0) AS DOUBLE)
                WHEN sum(goods_constant) > 0 THEN CAST(sum(goods) AS DOUBLE) / CAST(sum(goods_constant) AS DOUBLE)
                ELSE 1 END AS rate
    FROM placed
    GROUP BY bought_key
), valued AS (
    SELECT p.side, p.title_key, p.clc_key, p.channel_key, p.bought_key, p.qty, p.net, p.goods, p.inbound,
           CASE WHEN p.net = 0 THEN p.gross ELSE CAST(CAST(p.gross AS DOUBLE) / CAST(p.net AS DOUBLE) * CAST(p.net_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4)) END AS gross_old,
           CAST(CAST(p.net_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4)) AS net_old,
           CAST(CAST(p.goods_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4)) AS goods_old,
           CAST(CAST(p.landed_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4)) AS landed_old
    FROM placed AS p
    INNER JOIN sold_rate AS s ON s.currency_key = p.currency_key
    INNER JOIN bought_rate AS b ON b.bought_key = p.bought_key
)
SELECT side, title_key, clc_key, channel_key, bought_key, sum(qty) AS qty, sum(net) AS net, sum(goods) AS goods, sum(inbound) AS inbound,
       sum(gross_old) AS gross_old, sum(net_old) AS net_old, sum(goods_old) AS goods_old, sum(landed_old) AS landed_old
FROM valued
GROUP BY side, title_key, clc_key, channel_key, bought_key
