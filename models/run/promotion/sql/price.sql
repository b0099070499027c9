-- score.price: how customers with enough quotations answer to price.
--   accepted     quotations taken; NULL where purchases stand in for quotations
--   price        mean price quoted ÷ usual price
--   own, own_se  elasticity from its own quotations alone
--   elasticity   drawn towards that of all as far as the own one is noise
--   transaction  probability that price is what counts for it: of the class, or
--                without two classes of an elasticity below -1
--   best_price   price ÷ usual price that would earn most, within those tried
CREATE OR REPLACE TABLE score.price AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    CAST(s.quotes AS INTEGER) AS "quotes",
    CAST(s.accepted AS INTEGER) AS "accepted",
    s.price AS "price",
    s.own AS "own",
    s.own_se AS "own_se",
    s.elasticity AS "elasticity",
    s.elasticity_se AS "elasticity_se",
    s.transaction AS "transaction",
    s.class AS "class",
    s.advice AS "advice",
    s.best_price AS "best_price"
FROM temp.main.fitted AS s
ORDER BY "customer_key"
