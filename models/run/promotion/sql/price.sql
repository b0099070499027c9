-- score.price: how customers with enough quotations answer to price.
--   accepted     quotations taken; NULL where purchases stand in for quotations
--   price        mean price quoted ÷ usual price; prices their sum
--   own, own_se  elasticity from its own quotations alone
--   elasticity   drawn towards that of all as far as the own one is noise
--   transaction  probability that price is what counts for it: of the class, or
--                without two classes of an elasticity below -1
--   best_price   price ÷ usual price that would earn most, within those tried
CREATE OR REPLACE TABLE score.price AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    coalesce(c.geo_key, -1) AS "geo_key",
    CAST(s.quotes AS INTEGER) AS "quotes",
    CAST(s.accepted AS INTEGER) AS "accepted",
    CAST(s.price AS DECIMAL(18, 4)) AS "price",
    CAST(s.price * s.quotes AS DECIMAL(18, 4)) AS "prices",
    s.own AS "own",
    s.own_se AS "own_se",
    CAST(s.elasticity AS DECIMAL(18, 4)) AS "elasticity",
    s.elasticity_se AS "elasticity_se",
    CAST(s.transaction AS DECIMAL(18, 4)) AS "transaction",
    s.class AS "class",
    s.advice AS "advice",
    s.advice = 'discount' AS "is_discount",
    s.advice = 'serve' AS "is_serve",
    s.best_price AS "best_price"
FROM temp.main.fitted AS s
LEFT JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
ORDER BY "customer_key"
