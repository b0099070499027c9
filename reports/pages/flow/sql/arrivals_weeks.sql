-- Open lines by the week they are expected in: twelve weeks, then the rest. Parameter: the as-of date.
WITH span AS (SELECT CAST(? AS DATE) AS as_of), line AS (
    SELECT CASE WHEN f.eta_p50 IS NULL THEN 99 ELSE greatest(least((CAST(f.eta_p50 - s.as_of AS INTEGER) + 6) // 7, 13), 1) END AS week,
           CASE WHEN f.eta_p90 IS NULL THEN 99 ELSE greatest(least((CAST(f.eta_p90 - s.as_of AS INTEGER) + 6) // 7, 13), 1) END AS week_90, f.open_value, f.qty_open
    FROM core.fact_order_stage AS f
    CROSS JOIN span AS s
    WHERE f.is_open
), half AS (
    SELECT week, count(*) AS lines, sum(qty_open) AS copies, sum(open_value) AS value FROM line GROUP BY week
), most AS (
    SELECT week_90 AS week, count(*) AS lines FROM line GROUP BY week_90
)
SELECT w.week, coalesce(h.lines, 0) AS lines, coalesce(h.copies, 0) AS copies, coalesce(h.value, 0) AS value, coalesce(m.lines, 0) AS safe
FROM (SELECT CAST(week AS BIGINT) AS week FROM range(1, 14) AS r (week) UNION ALL SELECT 99) AS w
LEFT JOIN half AS h ON h.week = w.week
LEFT JOIN most AS m ON m.week = w.week
ORDER BY w.week
