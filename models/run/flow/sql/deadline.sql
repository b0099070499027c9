-- By when textbooks must be ordered from a supplier to be here by the first day of
-- the next term: that day less the days within which 95 of 100 lines came. The days
-- are those from the order to the last delivery of the lines ordered in the last
-- year, of titles in print and not rush; a line that is still open or was cancelled
-- counts as one that took longer than it has (product-limit estimate, Kaplan and
-- Meier 1958). The supplier's quantile is weighed n / (n + 20) against that of all,
-- n being its lines that arrived; one that is not reached counts for nothing.
--   supplier_key   0 is all suppliers together
--   lines          lines the days are from
--   open_lines     textbook lines for the term that are not here yet; of them
--   late_lines     those expected (P50) after the first day, risk_lines: P90 after it
-- Parameters: the as-of date, twice.
CREATE OR REPLACE TABLE score.textbook_deadline AS
WITH span AS (
    SELECT CAST(? AS DATE) AS as_of,
           coalesce((SELECT min(term_start) FROM core.fact_order_stage WHERE term_start > CAST(? AS DATE)),
                    (SELECT min(d.date) FROM core.dim_date AS d CROSS JOIN meta.run AS r WHERE d.days_to_term_start = 0 AND d.date > r.as_of)) AS term_start
), observed AS (
    SELECT f.supplier_key, CASE WHEN f.is_complete AND f.completed_date_key > 0 THEN make_date(f.completed_date_key // 10000, f.completed_date_key // 100 % 100, f.completed_date_key % 100) END AS completed,
           CASE WHEN f.is_cancelled AND f.cancelled_date_key > 0 THEN make_date(f.cancelled_date_key // 10000, f.cancelled_date_key // 100 % 100, f.cancelled_date_key % 100) END AS cancelled, f.order_date, s.as_of
    FROM core.fact_order_stage AS f
    LEFT JOIN core.dim_order_flags AS g ON g.order_flag_key = f.order_flag_key
    CROSS JOIN span AS s
    WHERE f.is_tracked AND f.order_date <= s.as_of AND f.order_date > s.as_of - 365 AND NOT coalesce(f.is_rush, false) AND NOT coalesce(g.is_forthcoming, false)
          AND (f.completed_date_key > 0 OR f.is_open OR f.is_cancelled)
), counted AS (
    SELECT supplier_key, CAST(coalesce(completed, cancelled, as_of) - order_date AS INTEGER) AS days, count(*) AS n, count(completed) AS arrived
    FROM observed
    WHERE coalesce(completed, cancelled, as_of) >= order_date
    GROUP BY supplier_key, CAST(coalesce(completed, cancelled, as_of) - order_date AS INTEGER)
), seen AS (
    SELECT supplier_key, days, n, arrived FROM counted WHERE supplier_key <> -1
    UNION ALL
    SELECT 0, days, sum(n), sum(arrived) FROM counted GROUP BY days
), waiting AS (
    SELECT supplier_key, days, arrived, n, sum(n) OVER (PARTITION BY supplier_key ORDER BY days DESC ROWS UNBOUNDED PRECEDING) AS at_risk
    FROM seen
), curve AS (
    SELECT supplier_key, days, n, arrived,
           CASE WHEN min(at_risk - arrived) OVER (PARTITION BY supplier_key ORDER BY days ROWS UNBOUNDED PRECEDING) <= 0 THEN 0
                ELSE round(exp(sum(CASE WHEN arrived < at_risk THEN ln(1 - CAST(arrived AS DOUBLE) / CAST(at_risk AS DOUBLE)) ELSE 0 END)
                               OVER (PARTITION BY supplier_key ORDER BY days ROWS UNBOUNDED PRECEDING)), 9) END AS waiting
    FROM waiting
), quantile AS (
    SELECT supplier_key, sum(n) AS lines, sum(arrived) AS arrived, min(CASE WHEN waiting <= 0.5 THEN days END) AS p50, min(CASE WHEN waiting <= 0.1 THEN days END) AS p90, min(CASE WHEN waiting <= 0.05 THEN days END) AS p95
    FROM curve
    GROUP BY supplier_key
), wanted AS (
    SELECT DISTINCT f.supplier_key
    FROM core.fact_order_stage AS f
    CROSS JOIN span AS s
    WHERE f.is_textbook AND f.supplier_key <> -1 AND f.order_date > s.as_of - 730 AND f.order_date <= s.as_of
    UNION
    SELECT 0 FROM span WHERE EXISTS (SELECT 1 FROM core.fact_order_stage AS f WHERE f.is_textbook)
), weighed AS (
    SELECT w.supplier_key, coalesce(q.lines, 0) AS lines, q.p50, q.p90, q.p95, a.p50 AS all_p50, a.p90 AS all_p90, a.p95 AS all_p95,
           CASE WHEN q.p95 IS NULL THEN 0 WHEN a.p95 IS NULL OR w.supplier_key = 0 THEN 1 ELSE q.arrived / (q.arrived + 20.0) END AS weight
    FROM wanted AS w
    LEFT JOIN quantile AS q ON q.supplier_key = w.supplier_key
    LEFT JOIN quantile AS a ON a.supplier_key = 0
), days AS (
    SELECT supplier_key, lines, CAST(round(weight * coalesce(p50, 0) + (1 - weight) * CASE WHEN weight = 1 THEN 0 ELSE all_p50 END) AS INTEGER) AS p50,
           CAST(round(weight * coalesce(p90, 0) + (1 - weight) * CASE WHEN weight = 1 THEN 0 ELSE all_p90 END) AS INTEGER) AS p90,
           CAST(round(weight * coalesce(p95, 0) + (1 - weight) * CASE WHEN weight = 1 THEN 0 ELSE all_p95 END) AS INTEGER) AS p95
    FROM weighed
), open AS (
    SELECT f.supplier_key, count(*) AS lines, count(CASE WHEN f.eta_p50 > s.term_start THEN 1 END) AS late, count(CASE WHEN f.eta_p90 > s.term_start THEN 1 END) AS risk
    FROM core.fact_order_stage AS f
    CROSS JOIN span AS s
    WHERE f.is_textbook AND f.is_open AND f.term_start = s.term_start
    GROUP BY f.supplier_key
), opened AS (
    SELECT supplier_key, lines, late, risk FROM open WHERE supplier_key <> -1
    UNION ALL
    SELECT 0, sum(lines), sum(late), sum(risk) FROM open
)
SELECT CAST(d.supplier_key AS INTEGER) AS supplier_key, s.term_start, CAST(d.lines AS INTEGER) AS lines, d.p50 AS days_p50, d.p90 AS days_p90, d.p95 AS days_p95,
       s.term_start - d.p95 AS safe_date, CAST(coalesce(o.lines, 0) AS INTEGER) AS open_lines, CAST(coalesce(o.late, 0) AS INTEGER) AS late_lines, CAST(coalesce(o.risk, 0) AS INTEGER) AS risk_lines
FROM days AS d
CROSS JOIN span AS s
LEFT JOIN opened AS o ON o.supplier_key = d.supplier_key
WHERE s.term_start IS NOT NULL
ORDER BY d.supplier_key
