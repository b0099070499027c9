-- Suppliers over the last twelve months, with what is out of control (fitted).
--   lead_p50, lead_p90   days from order to first receipt, titles in print only;
--                        lead_all_p50 with those still to appear
--   fill                 copies received of those ordered on settled lines
--   margin               of the order lines of their titles in the period
-- Parameters: first and last day.
CREATE OR REPLACE TABLE score.supplier AS
WITH span AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
), bought AS (
    SELECT p.supplier_key, count(*) AS lines, sum(CASE WHEN g.is_forthcoming THEN 1 ELSE 0 END) AS lines_forthcoming,
           count(CASE WHEN NOT coalesce(g.is_forthcoming, false) THEN p.lead_days END) AS leads,
           quantile_disc(CASE WHEN NOT coalesce(g.is_forthcoming, false) THEN p.lead_days END, 0.5) AS lead_p50,
           quantile_disc(CASE WHEN NOT coalesce(g.is_forthcoming, false) THEN p.lead_days END, 0.9) AS lead_p90,
           quantile_disc(p.lead_days, 0.5) AS lead_all_p50,
           sum(CASE WHEN p.is_settled THEN 1 ELSE 0 END) AS lines_settled,
           sum(CASE WHEN p.is_settled THEN p.qty ELSE 0 END) AS copies, sum(CASE WHEN p.is_settled THEN p.qty_received ELSE 0 END) AS copies_received,
           sum(CASE WHEN p.is_settled THEN p.qty_short ELSE 0 END) AS copies_short, sum(CASE WHEN p.is_settled THEN p.qty_damaged ELSE 0 END) AS copies_damaged,
           sum(p.cost) AS cost, sum(p.price_variance) AS price_variance
    FROM core.fact_purchase_line AS p
    LEFT JOIN core.dim_order_flags AS g ON g.order_flag_key = p.order_flag_key
    CROSS JOIN span AS s
    WHERE p.supplier_key <> -1 AND p.po_date BETWEEN s.first_day AND s.last_day
    GROUP BY p.supplier_key
), sold AS (
    SELECT l.publisher_key, sum(l.net) AS net, sum(coalesce(l.gross_margin, l.margin)) AS margin
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.publisher_key <> -1 AND l.order_date BETWEEN s.first_day AND s.last_day
    GROUP BY l.publisher_key
), flagged AS (
    SELECT supplier_key, string_agg(measure, ', ' ORDER BY measure) AS flags, min(since) AS since
    FROM score.supplier_alarm
    WHERE ended IS NULL
    GROUP BY supplier_key
)
SELECT coalesce(b.supplier_key, d.publisher_key) AS supplier_key, CAST(coalesce(b.lines, 0) AS INTEGER) AS lines, CAST(coalesce(b.lines_forthcoming, 0) AS INTEGER) AS lines_forthcoming,
       CAST(coalesce(b.leads, 0) AS INTEGER) AS leads, CAST(b.lead_p50 AS INTEGER) AS lead_p50, CAST(b.lead_p90 AS INTEGER) AS lead_p90, CAST(b.lead_all_p50 AS INTEGER) AS lead_all_p50,
       CAST(coalesce(b.lines_settled, 0) AS INTEGER) AS lines_settled, CAST(coalesce(b.copies, 0) AS BIGINT) AS copies, CAST(coalesce(b.copies_received, 0) AS BIGINT) AS copies_received,
       CAST(coalesce(b.copies_short, 0) AS BIGINT) AS copies_short, CAST(coalesce(b.copies_damaged, 0) AS BIGINT) AS copies_damaged,
       CAST(b.copies_received AS DOUBLE) / nullif(CAST(b.copies AS DOUBLE), 0) AS fill_rate, CAST(b.copies_short AS DOUBLE) / nullif(CAST(b.copies AS DOUBLE), 0) AS short_rate,
       CAST(b.copies_damaged AS DOUBLE) / nullif(CAST(b.copies_received AS DOUBLE), 0) AS damaged_rate,
       CAST(b.cost AS DECIMAL(18, 4)) AS cost, CAST(b.price_variance AS DECIMAL(18, 4)) AS price_variance,
       CAST(coalesce(d.net, 0) AS DECIMAL(18, 4)) AS net, CAST(d.margin AS DECIMAL(18, 4)) AS margin,
       coalesce(f.flags, '') AS flags, f.since
FROM bought AS b
FULL JOIN sold AS d ON d.publisher_key = b.supplier_key
LEFT JOIN flagged AS f ON f.supplier_key = coalesce(b.supplier_key, d.publisher_key)
ORDER BY net DESC, supplier_key
