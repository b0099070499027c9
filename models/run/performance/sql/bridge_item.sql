-- One comparison, title by title: what was sold of it in the two periods at the
-- rates of the earlier one. A row is a title in a class, channel, currency of
-- purchase and currency of sale, on one side (0 before, 1 after).
-- Parameters: both firsts and lasts: before, after; and the same again.
CREATE OR REPLACE TEMP TABLE bridge_item AS
WITH line AS (
    SELECT 0 AS side, l.currency_key, l.bought_key, l.net, l.net_constant, l.goods, l.goods_constant
    FROM bridge_day AS l
    WHERE l.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    UNION ALL
    SELECT 1, l.currency_key, l.bought_key, l.net, l.net_constant, l.goods, l.goods_constant
    FROM bridge_day AS l
    WHERE l.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
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
), item AS (
    SELECT 0 AS side, l.title_key, l.clc_key, l.channel_key, l.bought_key, l.currency_key,
           sum(l.qty) AS qty, sum(l.net) AS net, sum(l.goods) AS goods, sum(l.inbound) AS inbound, sum(l.gross_free) AS gross_free,
           sum(l.gross_constant) AS gross_constant, sum(l.net_constant) AS net_constant, sum(l.goods_constant) AS goods_constant, sum(l.landed_constant) AS landed_constant
    FROM bridge_line AS l
    WHERE l.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    GROUP BY l.title_key, l.clc_key, l.channel_key, l.bought_key, l.currency_key
    UNION ALL
    SELECT 1, l.title_key, l.clc_key, l.channel_key, l.bought_key, l.currency_key,
           sum(l.qty), sum(l.net), sum(l.goods), sum(l.inbound), sum(l.gross_free),
           sum(l.gross_constant), sum(l.net_constant), sum(l.goods_constant), sum(l.landed_constant)
    FROM bridge_line AS l
    WHERE l.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    GROUP BY l.title_key, l.clc_key, l.channel_key, l.bought_key, l.currency_key
)
SELECT i.side, i.title_key, i.clc_key, i.channel_key, i.bought_key, i.qty, i.net, i.goods, i.inbound,
       i.gross_free + CAST(CAST(i.gross_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4)) AS gross_old,
       CAST(CAST(i.net_constant AS DOUBLE) * s.rate AS DECIMAL(18, 4)) AS net_old,
       CAST(CAST(i.goods_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4)) AS goods_old,
       CAST(CAST(i.landed_constant AS DOUBLE) * b.rate AS DECIMAL(18, 4)) AS landed_old
FROM item AS i
INNER JOIN sold_rate AS s ON s.currency_key = i.currency_key
INNER JOIN bought_rate AS b ON b.bought_key = i.bought_key
