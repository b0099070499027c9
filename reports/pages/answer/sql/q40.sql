-- Lines under way: where most of them are, when they can be expected.
WITH line AS (
    SELECT f.current_stage_key, f.open_value, f.is_overdue, f.eta_p50, f.customer_key
    FROM core.fact_order_stage AS f
    WHERE f.is_open
), stage AS (
    SELECT s.name_en, s.name_zh, count(*) AS lines, row_number() OVER (ORDER BY count(*) DESC, s.name_en) AS place
    FROM line AS l
    INNER JOIN core.dim_stage AS s ON s.stage_key = l.current_stage_key
    GROUP BY s.name_en, s.name_zh
), total AS (
    SELECT count(*) AS lines, count(DISTINCT CASE WHEN l.customer_key <> -1 THEN l.customer_key END) AS customers, sum(l.open_value) AS value, sum(CASE WHEN l.is_overdue THEN 1 ELSE 0 END) AS overdue,
           sum(CASE WHEN l.eta_p50 <= r.as_of + 30 THEN 1 ELSE 0 END) AS soon, quantile_disc(l.eta_p50, 0.5) AS half_eta
    FROM line AS l
    CROSS JOIN meta.run AS r
)
SELECT t.lines AS found_n, t.customers AS customers_n, t.value AS open_money, coalesce(t.overdue, 0) AS overdue_n, coalesce(t.soon, 0) AS soon_n, t.half_eta AS half_date, s.name_en AS stage_name, s.name_zh AS stage_zh, s.lines AS stage_n
FROM total AS t
LEFT JOIN stage AS s ON s.place = 1
