-- feature.demand_span: the whole calendar months that sales are forecast from.
-- One row; no row without a line. The last is the last month that has ended by
-- the as-of date. The first is that of the first line, or the next one when
-- nothing was ordered in its first ten days, and at most as many back as given.
--   first_no, last_no  months as year * 12 + month - 1
--   from_date, end_date  the first day of the first, and the day after the last
WITH line AS (
    SELECT min(l.order_date) AS first_date
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.order_date <= r.as_of
), edge AS (
    SELECT CAST(date_trunc('month', n.first_date) + CASE WHEN EXTRACT(day FROM n.first_date) <= 10 THEN 0 ELSE 1 END * INTERVAL 1 MONTH AS DATE) AS first_month,
           CAST(date_trunc('month', CAST(r.as_of + INTERVAL 1 DAY AS DATE)) AS DATE) AS end_date
    FROM line AS n
    CROSS JOIN meta.run AS r
    WHERE n.first_date IS NOT NULL
), cut AS (
    SELECT CASE WHEN e.end_date - CAST(? AS INTEGER) * INTERVAL 1 MONTH > e.first_month
                THEN CAST(e.end_date - CAST(? AS INTEGER) * INTERVAL 1 MONTH AS DATE) ELSE e.first_month END AS from_date, e.end_date
    FROM edge AS e
)
SELECT CAST(EXTRACT(year FROM c.from_date) * 12 + EXTRACT(month FROM c.from_date) - 1 AS INTEGER) AS "first_no",
       CAST(EXTRACT(year FROM c.end_date) * 12 + EXTRACT(month FROM c.end_date) - 2 AS INTEGER) AS "last_no",
       c.from_date AS "from_date", c.end_date AS "end_date"
FROM cut AS c
WHERE c.from_date < c.end_date
