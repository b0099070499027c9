-- feature.demand_title: the titles forecast one by one: those in stock at the
-- last count or ordered in the last 12 whole months, as many as given, by copies
-- ordered in the last 24 whole months, then by stock. One first ordered within
-- the last 12 months is too new.
--   in_stock  copies on hand at the last count up to the as-of date; NULL when
--             nothing was ever counted
--   first_no  month of the first order within the months looked at
WITH counted AS (
    SELECT max(i.snap_date) AS last_date
    FROM core.fact_inventory AS i
    CROSS JOIN meta.run AS r
    WHERE i.snap_date <= r.as_of
), stock AS (
    SELECT i.title_key, CAST(sum(i.qty_on_hand) AS BIGINT) AS in_stock
    FROM core.fact_inventory AS i
    INNER JOIN counted AS c ON c.last_date = i.snap_date
    WHERE i.title_key <> -1
    GROUP BY i.title_key
), sold AS (
    SELECT l.title_key, min(l.order_date) AS first_date, max(l.order_date) AS last_date,
           CAST(sum(CASE WHEN l.order_date >= CAST(s.end_date - INTERVAL 24 MONTH AS DATE) THEN l.qty ELSE 0 END) AS BIGINT) AS copies_24
    FROM core.fact_order_line AS l
    CROSS JOIN feature.demand_span AS s
    WHERE l.title_key <> -1 AND l.order_date >= s.from_date AND l.order_date < s.end_date
    GROUP BY l.title_key
), placed AS (
    SELECT d.title_key, d.first_date, d.copies_24, k.in_stock,
           row_number() OVER (ORDER BY d.copies_24 DESC, k.in_stock DESC NULLS LAST, d.title_key) AS place
    FROM sold AS d
    CROSS JOIN feature.demand_span AS s
    LEFT JOIN stock AS k ON k.title_key = d.title_key
    WHERE d.first_date < CAST(s.end_date - INTERVAL 12 MONTH AS DATE) AND (d.last_date >= CAST(s.end_date - INTERVAL 12 MONTH AS DATE) OR k.in_stock > 0)
)
SELECT p.title_key, CAST(EXTRACT(year FROM p.first_date) * 12 + EXTRACT(month FROM p.first_date) - 1 AS INTEGER) AS "first_no",
       p.copies_24, p.in_stock
FROM placed AS p
WHERE p.place <= CAST(? AS INTEGER)
ORDER BY p.title_key
