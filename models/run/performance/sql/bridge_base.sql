-- What bridges are made of: the lines whose cost is known, by the reporting class of
-- their class and the currency their title is bought in, which is its supplier's,
-- else that of its list price.
CREATE OR REPLACE TEMP TABLE bridge_class AS
SELECT c.clc_key, coalesce(b.clc_key, c.clc_key) AS class_key
FROM core.dim_clc AS c
LEFT JOIN (SELECT code, min(clc_key) AS clc_key FROM core.dim_clc GROUP BY code) AS b ON b.code = c.bucket;
CREATE OR REPLACE TEMP TABLE bridge_bought AS
SELECT p.title_key, p.publisher_key, c.currency_key
FROM (SELECT DISTINCT coalesce(title_key, -1) AS title_key, coalesce(publisher_key, -1) AS publisher_key FROM core.fact_order_line WHERE cost IS NOT NULL) AS p
LEFT JOIN core.dim_title AS t ON t.title_key = p.title_key
LEFT JOIN core.dim_supplier AS s ON s.supplier_key = p.publisher_key
INNER JOIN core.dim_currency AS c ON c.ccy = coalesce(nullif(s.ccy, ''), t.list_ccy)
WHERE c.currency_key <> -1;
CREATE OR REPLACE TEMP TABLE bridge_line AS
WITH line AS (
    SELECT l.order_date, coalesce(l.title_key, -1) AS title_key, coalesce(c.class_key, -1) AS clc_key, coalesce(l.channel_key, -1) AS channel_key, coalesce(p.currency_key, -1) AS bought_key,
           coalesce(l.currency_key, -1) AS currency_key, l.qty, l.gross, l.net, coalesce(l.net_constant, l.net) AS net_constant,
           CASE WHEN l.landed_cost IS NULL THEN l.cost ELSE coalesce(l.cost_settled, l.cost) END AS goods, coalesce(l.cost_constant, l.cost) AS goods_constant,
           CASE WHEN l.landed_cost IS NOT NULL THEN CAST(l.landed_cost - coalesce(l.cost_settled, l.cost) AS DECIMAL(18, 4)) END AS inbound
    FROM core.fact_order_line AS l
    LEFT JOIN bridge_class AS c ON c.clc_key = l.clc_key
    LEFT JOIN bridge_bought AS p ON p.title_key = coalesce(l.title_key, -1) AND p.publisher_key = coalesce(l.publisher_key, -1)
    WHERE l.cost IS NOT NULL
)
SELECT n.order_date, n.title_key, n.clc_key, n.channel_key, n.bought_key, n.currency_key, n.qty, n.net, n.goods, coalesce(n.inbound, 0) AS inbound, n.net_constant, n.goods_constant,
       CASE WHEN n.net = 0 THEN 0 ELSE CAST(CAST(n.gross AS DOUBLE) / CAST(n.net AS DOUBLE) * CAST(n.net_constant AS DOUBLE) AS DECIMAL(18, 4)) END AS gross_constant,
       CASE WHEN n.net = 0 THEN n.gross ELSE 0 END AS gross_free,
       CASE WHEN n.inbound IS NOT NULL THEN n.goods_constant ELSE 0 END AS landed_constant
FROM line AS n;
-- What the rates of exchange of any period are made of.
CREATE OR REPLACE TEMP TABLE bridge_day AS
SELECT order_date, currency_key, bought_key, sum(net) AS net, sum(net_constant) AS net_constant, sum(goods) AS goods, sum(goods_constant) AS goods_constant
FROM bridge_line
GROUP BY order_date, currency_key, bought_key;
CREATE OR REPLACE TABLE score.bridge_comparison (
    comparison VARCHAR, comparison_key INTEGER, kind VARCHAR, before_from DATE, before_to DATE, after_from DATE, after_to DATE);
CREATE OR REPLACE TABLE score.bridge_cell (
    comparison VARCHAR, clc_key INTEGER, channel_key INTEGER, currency_key INTEGER, net_before DECIMAL(18, 4), net_after DECIMAL(18, 4), net_matched DECIMAL(18, 4),
    margin_before DECIMAL(18, 4), margin_after DECIMAL(18, 4), volume DECIMAL(18, 4), mix DECIMAL(18, 4), assortment DECIMAL(18, 4),
    price DECIMAL(18, 4), discount DECIMAL(18, 4), currency DECIMAL(18, 4), cost DECIMAL(18, 4), inbound DECIMAL(18, 4), coverage DECIMAL(18, 4),
    volume_net DECIMAL(18, 4), mix_net DECIMAL(18, 4), currency_net DECIMAL(18, 4))
