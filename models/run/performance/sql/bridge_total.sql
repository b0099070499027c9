-- The cells of the last twelve months, for the cube: of comparisons that overlap no
-- total means anything.
CREATE OR REPLACE TABLE score.bridge_latest AS
SELECT clc_key, channel_key, currency_key, net_before, net_after, net_matched, margin_before, margin_after, volume, mix, assortment, price, discount, currency, cost, inbound, coverage
FROM score.bridge_cell
WHERE comparison = 'last_12_months'
ORDER BY clc_key, channel_key, currency_key;

-- The two ends of every comparison at five levels, and the effects between them.
--   net_matched  net sales, before and after, of the titles sold in both periods
--   amount       change of margin by the effect, in the report currency
--   net          change of net sales by the same effect
--   rate_effect  change of the margin's share of net sales by it (0.01 is a
--                point): (amount - net x share before) / net sales after, so
--                that the effects add up to the change of the share
CREATE OR REPLACE TABLE score.bridge_total AS
WITH cell AS (
    SELECT b.comparison, coalesce(c.code, '(unknown)') AS class, coalesce(k.kind, '(unknown)') AS channel, coalesce(u.ccy, '(unknown)') AS currency,
           b.net_before, b.net_after, b.net_matched, b.margin_before, b.margin_after
    FROM score.bridge_cell AS b
    LEFT JOIN core.dim_clc AS c ON c.clc_key = b.clc_key
    LEFT JOIN core.dim_channel AS k ON k.channel_key = b.channel_key
    LEFT JOIN core.dim_currency AS u ON u.currency_key = b.currency_key
), levelled AS (
    SELECT comparison, 1 AS level_no, 'total' AS level, '' AS member, net_before, net_after, net_matched, margin_before, margin_after FROM cell
    UNION ALL
    SELECT comparison, 2, 'class', class, net_before, net_after, net_matched, margin_before, margin_after FROM cell
    UNION ALL
    SELECT comparison, 3, 'channel', channel, net_before, net_after, net_matched, margin_before, margin_after FROM cell
    UNION ALL
    SELECT comparison, 4, 'currency', currency, net_before, net_after, net_matched, margin_before, margin_after FROM cell
    UNION ALL
    SELECT comparison, 5, 'class and channel', class || ' ' || channel, net_before, net_after, net_matched, margin_before, margin_after FROM cell
)
SELECT l.comparison, l.level, l.member, CAST(sum(l.net_before) AS DECIMAL(18, 4)) AS net_before, CAST(sum(l.net_after) AS DECIMAL(18, 4)) AS net_after,
       CAST(sum(l.net_matched) AS DECIMAL(18, 4)) AS net_matched,
       CAST(sum(l.margin_before) AS DECIMAL(18, 4)) AS margin_before, CAST(sum(l.margin_after) AS DECIMAL(18, 4)) AS margin_after,
       CASE WHEN sum(l.net_before) > 0 THEN CAST(sum(l.margin_before) AS DOUBLE) / CAST(sum(l.net_before) AS DOUBLE) END AS rate_before,
       CASE WHEN sum(l.net_after) > 0 THEN CAST(sum(l.margin_after) AS DOUBLE) / CAST(sum(l.net_after) AS DOUBLE) END AS rate_after
FROM levelled AS l
INNER JOIN score.bridge_comparison AS o ON o.comparison = l.comparison
GROUP BY o.comparison_key, l.comparison, l.level_no, l.level, l.member
ORDER BY o.comparison_key, l.level_no, l.member;

CREATE OR REPLACE TEMP TABLE bridge_effect AS
WITH cell AS (
    SELECT b.comparison, coalesce(c.code, '(unknown)') AS class, coalesce(k.kind, '(unknown)') AS channel, coalesce(u.ccy, '(unknown)') AS currency,
           b.volume, b.mix, b.assortment, b.price, b.discount, b.currency AS exchange, b.cost, b.inbound, b.coverage, b.volume_net, b.mix_net, b.currency_net
    FROM score.bridge_cell AS b
    LEFT JOIN core.dim_clc AS c ON c.clc_key = b.clc_key
    LEFT JOIN core.dim_channel AS k ON k.channel_key = b.channel_key
    LEFT JOIN core.dim_currency AS u ON u.currency_key = b.currency_key
), effect AS (
    SELECT comparison, class, channel, currency, 1 AS effect_no, 'volume' AS effect, volume AS amount, volume_net AS net FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 2, 'mix', mix, mix_net FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 3, 'assortment', assortment, 0 FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 4, 'price', price, price FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 5, 'discount', discount, discount FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 6, 'currency', exchange, currency_net FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 7, 'cost', cost, 0 FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 8, 'inbound', inbound, 0 FROM cell
    UNION ALL
    SELECT comparison, class, channel, currency, 9, 'coverage', coverage, 0 FROM cell
), levelled AS (
    SELECT comparison, 1 AS level_no, 'total' AS level, '' AS member, effect_no, effect, amount, net FROM effect
    UNION ALL
    SELECT comparison, 2, 'class', class, effect_no, effect, amount, net FROM effect
    UNION ALL
    SELECT comparison, 3, 'channel', channel, effect_no, effect, amount, net FROM effect
    UNION ALL
    SELECT comparison, 4, 'currency', currency, effect_no, effect, amount, net FROM effect
    UNION ALL
    SELECT comparison, 5, 'class and channel', class || ' ' || channel, effect_no, effect, amount, net FROM effect
), summed AS (
    SELECT comparison, level_no, level, member, effect_no, effect, CAST(sum(amount) AS DECIMAL(18, 4)) AS amount, CAST(sum(net) AS DECIMAL(18, 4)) AS net
    FROM levelled
    GROUP BY comparison, level_no, level, member, effect_no, effect
)
SELECT row_number() OVER (ORDER BY o.comparison_key, s.level_no, s.member, s.effect_no) AS no, o.comparison_key, o.kind,
       s.comparison, s.level, s.member, CAST(s.effect_no AS INTEGER) AS effect_no, s.effect, s.amount, s.net,
       CASE WHEN t.net_after > 0 THEN (CAST(s.amount AS DOUBLE) - CAST(s.net AS DOUBLE) * t.rate_before) / CAST(t.net_after AS DOUBLE) END AS rate_effect
FROM summed AS s
INNER JOIN score.bridge_comparison AS o ON o.comparison = s.comparison
INNER JOIN score.bridge_total AS t ON t.comparison = s.comparison AND t.level = s.level AND t.member = s.member
