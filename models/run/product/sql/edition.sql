-- Editions that were followed by a newer one: orders of the old one in up to twelve
-- complete months before the month the newer was listed in and from that month on,
-- and those of its peers in the same months: all titles of the same level listed in
-- the same quarter, less itself. before and after are swapped: what is tested is
-- that the old edition fell by more than its peers.
WITH line AS (
    SELECT l.title_key, year(l.order_date) * 12 + month(l.order_date) AS month_no, count(DISTINCT l.order_key) AS orders
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.qty > 0 AND l.title_key <> -1 AND l.order_date <= r.as_of
    GROUP BY l.title_key, year(l.order_date) * 12 + month(l.order_date)
), began AS (
    SELECT min(l.month_no) AS first_month FROM line AS l
), edition AS (
    SELECT e.title_key, e.newer_key, e.level, year(e.listed) * 4 + quarter(e.listed) AS cohort, year(e.newer_listed) * 12 + month(e.newer_listed) AS turn,
           CASE WHEN year(e.listed) * 12 + month(e.listed) + 1 > b.first_month THEN year(e.listed) * 12 + month(e.listed) + 1 ELSE b.first_month END AS from_month,
           CASE WHEN r.as_of = last_day(r.as_of) THEN year(r.as_of) * 12 + month(r.as_of) ELSE year(r.as_of) * 12 + month(r.as_of) - 1 END AS to_month
    FROM feature.title_edition AS e
    CROSS JOIN meta.run AS r
    CROSS JOIN began AS b
), watched AS (
    SELECT e.title_key, e.newer_key, e.level, e.cohort, e.turn,
           CASE WHEN e.turn - e.from_month < e.to_month - e.turn + 1 THEN CASE WHEN e.turn - e.from_month < 12 THEN e.turn - e.from_month ELSE 12 END
                ELSE CASE WHEN e.to_month - e.turn + 1 < 12 THEN e.to_month - e.turn + 1 ELSE 12 END END AS months
    FROM edition AS e
), cohort AS (
    SELECT t.level, year(coalesce(t.first_listed, t.pub_date)) * 4 + quarter(coalesce(t.first_listed, t.pub_date)) AS cohort, l.month_no, sum(l.orders) AS orders
    FROM line AS l
    INNER JOIN core.dim_title AS t ON t.title_key = l.title_key
    WHERE coalesce(t.first_listed, t.pub_date) IS NOT NULL
    GROUP BY t.level, year(coalesce(t.first_listed, t.pub_date)) * 4 + quarter(coalesce(t.first_listed, t.pub_date)), l.month_no
), own AS (
    SELECT w.title_key, sum(CASE WHEN l.month_no < w.turn THEN l.orders ELSE 0 END) AS orders_before, sum(CASE WHEN l.month_no >= w.turn THEN l.orders ELSE 0 END) AS orders_after
    FROM watched AS w
    INNER JOIN line AS l ON l.title_key = w.title_key AND l.month_no >= w.turn - w.months AND l.month_no < w.turn + w.months
    GROUP BY w.title_key
), peer AS (
    SELECT w.title_key, sum(CASE WHEN c.month_no < w.turn THEN c.orders ELSE 0 END) AS orders_before, sum(CASE WHEN c.month_no >= w.turn THEN c.orders ELSE 0 END) AS orders_after
    FROM watched AS w
    INNER JOIN cohort AS c ON c.level IS NOT DISTINCT FROM w.level AND c.cohort = w.cohort AND c.month_no >= w.turn - w.months AND c.month_no < w.turn + w.months
    GROUP BY w.title_key
)
SELECT w.title_key, w.newer_key AS substitute_key, CAST(o.orders_after AS BIGINT) AS before, CAST(o.orders_before AS BIGINT) AS after,
       CAST(w.months * 30 AS BIGINT) AS days_before, CAST(w.months * 30 AS BIGINT) AS days_after,
       CAST(p.orders_after - o.orders_after AS BIGINT) AS peers_before, CAST(p.orders_before - o.orders_before AS BIGINT) AS peers_after
FROM watched AS w
INNER JOIN own AS o ON o.title_key = w.title_key
INNER JOIN peer AS p ON p.title_key = w.title_key
WHERE w.months >= 3 AND o.orders_before + o.orders_after >= 5
ORDER BY w.title_key
