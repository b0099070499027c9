-- One comparison, title by title: what was sold of it in the two periods at the
-- rates of the earlier one. A row is a title in a class, channel and currency
-- of purchase, on one side (0 before, 1 after).
-- Parameters: both firsts and lasts: before, after.
CREATE OR REPLACE TEMP TABLE bridge_item AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0, CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1
), line AS (
    SELECT CASE WHEN l.order_date >= s.from_1 THEN 1 ELSE 0 END AS side, l.title_key, l.clc_key, l.channel_key, l.bought_key, l.currency_key,
           l.qty, l.gross, l.net, l.net_constant, l.goods, l.goods_constant, l.inbound
    FROM bridge_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date BETWEEN s.from_0 AND s.to_0 OR l.order_date BETWEEN s.from_1 AND s.to_1
), sold AS (
    SELECT currency_key, sum(CASE WHEN side = 0 THEN net END) AS net_0, sum(CASE WHEN side = 0 THEN net_constant END) AS constant_0, sum(net) AS net, sum(net_constant) AS net_constant
    FROM line
    GROUP BY currency_key
), sold_rate AS (
    SELECT currency_key,
           CASE WHEN constant_0 > 0 THEN CAST(net_0 AS DOUBLE) / CAST(constant_0 AS DOUBLE) WHEN net_constant > 0 THEN CAST(net AS DOUBLE) / CAST(net_constant AS DOUBLE) ELSE 1 END AS rate
    FROM sold
), bought AS (
    SELECT bought_key, sum(CASE WHEN side = 0 THEN goods END) AS goods_0, sum(CASE WHEN side = 0 THEN goods_constant END) AS constant_0, sum(goods) AS goods, sum(goods_constant) AS goods_constant
    FROM line
    GROUP BY bought_key
), bought_rate AS (
    SELECT bought_key,
           CASE WHEN constant_0 > 0 THEN CAST(goods_0 AS DOUBLE) / CAST(constant_0 AS DOUBLE) WHEN goods_constant > 0 THEN CAST(goods AS DOUBLE) / CAST(goods_constant AS DOUBLE) ELSE 1 END AS rate
    FROM bought
)
SELECT l.side, l.title_key, l.clc_key, l.channel_key, l.bought_key, sum(l.qty) AS qty, sum(l.net) AS net, sum(l.goods) AS goods, coalesce(sum(l.inbound), 0) AS inbound,
       sum(CASE WHEN l.net = 0 THEN l.gross ELSE CAST(CAST(l.gross AS DOUBLE) / CAST(l.net AS DOUBLE) * CAST(l.net_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4)) END) AS gross_old,
       sum(CAST(CAST(l.net_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4))) AS net_old,
       sum(CAST(CAST(l.goods_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4))) AS goods_old,
       coalesce(sum(CASE WHEN l.inbound IS NOT NULL THEN CAST(CAST(l.goods_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4)) END), 0) AS landed_old
FROM line AS l
INNER JOIN sold_rate AS s ON s.currency_key = l.currency_key
INNER JOIN bought_rate AS b ON b.bought_key = l.bought_key
GROUP BY l.side, l.title_key, l.clc_key, l.channel_key, l.bought_key
