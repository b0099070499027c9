-- feature.title_stock: the stock of every title that was counted in the period
-- from the given day to the as-of date, or stood in the last count before it.
--   on_hand, value   at the last count of each warehouse up to the as-of date
--   mean_value       mean over the counts of the period, a title that is not in a
--                    count having had none; NULL without a count in it
--   opening          copies at the last count before the period; NULL: no such count
--   moved_in, moved_out   copies in the period; NULL where the moves on record do
--                    not reach back to its first day
--   last_issue       last day that copies went out; last_receipt came in
CREATE OR REPLACE TABLE feature.title_stock AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_date, r.as_of
    FROM meta.run AS r
), last_count AS (
    SELECT i.warehouse_key, max(i.snap_date) AS day, max(CASE WHEN i.snap_date < s.from_date THEN i.snap_date END) AS opening_day,
           count(DISTINCT CASE WHEN i.snap_date >= s.from_date THEN i.snap_date END) AS counts
    FROM core.fact_inventory AS i
    CROSS JOIN span AS s
    WHERE i.snap_date <= s.as_of
    GROUP BY i.warehouse_key
), stock AS (
    SELECT i.title_key, i.warehouse_key, c.counts,
           sum(CASE WHEN i.snap_date = c.day THEN i.qty_on_hand ELSE 0 END) AS on_hand, sum(CASE WHEN i.snap_date = c.day THEN i.value ELSE 0 END) AS value,
           sum(CASE WHEN i.snap_date = c.opening_day THEN i.qty_on_hand ELSE 0 END) AS opening,
           sum(CASE WHEN i.snap_date >= s.from_date THEN i.value ELSE 0 END) AS counted_value, min(i.snap_date) AS first_count
    FROM core.fact_inventory AS i
    CROSS JOIN span AS s
    INNER JOIN last_count AS c ON c.warehouse_key = i.warehouse_key
    WHERE i.title_key <> -1 AND i.snap_date <= s.as_of AND (i.snap_date >= s.from_date OR i.snap_date = c.opening_day OR i.snap_date = c.day)
    GROUP BY i.title_key, i.warehouse_key, c.counts
), held AS (
    SELECT t.title_key, sum(t.on_hand) AS on_hand, sum(t.value) AS value, sum(t.opening) AS opening, min(t.first_count) AS first_count, max(t.counts) AS counts,
           sum(CASE WHEN t.counts > 0 THEN CAST(CAST(t.counted_value AS DOUBLE) / t.counts AS DECIMAL(18, 4)) ELSE 0 END) AS mean_value
    FROM stock AS t
    GROUP BY t.title_key
), reach AS (
    SELECT min(m.move_date) AS first_move FROM core.fact_inventory_move AS m
), opened AS (
    SELECT count(c.opening_day) AS openings FROM last_count AS c
), move AS (
    SELECT m.title_key, sum(CASE WHEN m.move_date >= s.from_date THEN m.qty_in ELSE 0 END) AS moved_in, sum(CASE WHEN m.move_date >= s.from_date THEN m.qty_out ELSE 0 END) AS moved_out,
           sum(CASE WHEN m.move_date > s.as_of - 90 THEN m.qty_out ELSE 0 END) AS out_90,
           max(CASE WHEN m.qty_out > 0 THEN m.move_date END) AS last_issue, max(CASE WHEN m.qty_in > 0 THEN m.move_date END) AS last_receipt
    FROM core.fact_inventory_move AS m
    CROSS JOIN span AS s
    WHERE m.title_key <> -1 AND m.move_date <= s.as_of
    GROUP BY m.title_key
)
SELECT h.title_key, CAST(h.on_hand AS BIGINT) AS on_hand, CAST(h.value AS DECIMAL(18, 4)) AS value, h.first_count,
       CASE WHEN h.counts > 0 THEN CAST(h.mean_value AS DECIMAL(18, 4)) END AS mean_value,
       CASE WHEN o.openings > 0 THEN CAST(h.opening AS BIGINT) END AS opening,
       CASE WHEN e.first_move <= s.from_date THEN CAST(coalesce(m.moved_in, 0) AS BIGINT) END AS moved_in,
       CASE WHEN e.first_move <= s.from_date THEN CAST(coalesce(m.moved_out, 0) AS BIGINT) END AS moved_out,
       CASE WHEN e.first_move <= s.as_of - 89 THEN CAST(coalesce(m.out_90, 0) AS BIGINT) END AS out_90,
       m.last_issue, m.last_receipt, e.first_move
FROM held AS h
CROSS JOIN span AS s
CROSS JOIN opened AS o
CROSS JOIN reach AS e
LEFT JOIN move AS m ON m.title_key = h.title_key
ORDER BY h.title_key
