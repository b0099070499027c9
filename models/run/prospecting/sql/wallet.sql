CREATE OR REPLACE TABLE score.wallet AS
WITH grouped AS (
    SELECT b.customer_key, p.place, p.peers, p.p75, p.p90,
           row_number() OVER (PARTITION BY b.customer_key ORDER BY p.place) AS choice
    FROM feature.wallet_base AS b
    INNER JOIN feature.wallet_peer AS p ON p.customer_type = b.customer_type AND p.peers >= CAST(? AS INTEGER)
        AND (p.place = 3 OR p.size_no = b.size_no AND b.size_no > 0) AND (p.place <> 1 OR p.area = b.area AND b.area <> '(none)')
), judged AS (
    SELECT b.customer_key, b.customer_type, b.area, b.size_no, b.sales_12, b.sales_year, b.budget, b.last_date, g.place, g.peers,
           CAST(g.p75 AS DECIMAL(18, 4)) AS p75, CAST(g.p90 AS DECIMAL(18, 4)) AS p90,
           CASE WHEN b.budget IS NOT NULL THEN 'budget' WHEN g.p75 IS NOT NULL THEN 'peers' ELSE 'none' END AS basis
    FROM feature.wallet_base AS b
    LEFT JOIN grouped AS g ON g.customer_key = b.customer_key AND g.choice = 1
), sized AS (
    SELECT d.*, CASE d.basis WHEN 'budget' THEN d.budget WHEN 'peers' THEN greatest(d.p75, d.sales_12) END AS wallet
    FROM judged AS d
), valued AS (
    SELECT s.*, greatest(s.wallet - s.sales_12, 0) AS potential, c.p_alive, c.clv, m.margin_rate,
           percent_rank() OVER (ORDER BY c.clv NULLS FIRST) AS clv_place
    FROM sized AS s
    LEFT JOIN score.clv AS c ON c.customer_key = s.customer_key
    LEFT JOIN feature.customer_margin AS m ON m.customer_key = s.customer_key
)
SELECT v.customer_key, coalesce(k.geo_key, -1) AS "geo_key", v.customer_type, v.area, v.size_no, v.sales_12, v.sales_year, v.budget, v.basis,
       CASE v.place WHEN 1 THEN 'type, size and area' WHEN 2 THEN 'type and size' WHEN 3 THEN 'type' END AS "alike",
       v.peers, v.p75 AS "peer_sales_p75", v.p90 AS "peer_sales_p90",
       CAST(v.wallet AS DECIMAL(18, 4)) AS "wallet",
       CASE WHEN v.wallet > 0 THEN CAST(v.sales_12 AS DOUBLE) / CAST(v.wallet AS DOUBLE) END AS "share",
       CAST(v.potential AS DECIMAL(18, 4)) AS "potential",
       CAST(CAST(v.potential AS DOUBLE) * v.margin_rate * v.p_alive AS DECIMAL(18, 4)) AS "potential_margin",
       v.p_alive, v.clv,
       coalesce(v.basis = 'budget' AND greatest(v.sales_12, v.sales_year) > 0 AND v.budget >= 5 * greatest(v.sales_12, v.sales_year), false) AS "is_low",
       coalesce(v.wallet > 0 AND CAST(v.sales_12 AS DOUBLE) < 0.5 * CAST(v.wallet AS DOUBLE) AND v.p_alive >= 0.5 AND v.clv > 0 AND v.clv_place >= 0.75, false) AS "is_wanted"
FROM valued AS v
LEFT JOIN core.dim_customer AS k ON k.customer_key = v.customer_key
ORDER BY v.customer_key
