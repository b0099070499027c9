-- feature.stock_state: the titles that were counted, by stretch between two
-- counts: out, when there was none at the count that begins it, and near, when there
-- was but the title was out in one of the two stretches before or after. Only near
-- stretches are compared with those out: demand drifts over the years, and a title
-- that happens to be in fashion at the time is no substitute. Stretches are numbered
-- over all warehouses by day; the last one ends at the as-of date. Stretches that
-- follow one another are an episode, named by its first.
CREATE OR REPLACE TABLE feature.stock_state AS
WITH count_day AS (
    SELECT d.snap_date AS from_day, lead(d.snap_date) OVER (ORDER BY d.snap_date) AS next_day, row_number() OVER (ORDER BY d.snap_date) AS stretch
    FROM (SELECT DISTINCT i.snap_date FROM core.fact_inventory AS i CROSS JOIN meta.run AS r WHERE i.snap_date <= r.as_of) AS d
), held AS (
    SELECT i.title_key, i.snap_date, sum(i.qty_on_hand) AS qty
    FROM core.fact_inventory AS i
    WHERE i.title_key <> -1
    GROUP BY i.title_key, i.snap_date
)
SELECT t.title_key, CAST(t.stretch AS INTEGER) AS stretch, CAST(max(t.begins) OVER (PARTITION BY t.title_key ORDER BY t.stretch) AS INTEGER) AS episode, t.is_out, t.from_day, t.to_day
FROM (SELECT s.title_key, s.stretch, s.is_out, s.from_day, s.to_day,
             CASE WHEN s.stretch - lag(s.stretch) OVER (PARTITION BY s.title_key ORDER BY s.stretch) = 1 THEN 0 ELSE s.stretch END AS begins
      FROM (SELECT h.title_key, c.stretch, h.qty <= 0 AS is_out, c.from_day, coalesce(c.next_day, r.as_of) AS to_day,
                   max(CASE WHEN h.qty <= 0 THEN 1 ELSE 0 END) OVER (PARTITION BY h.title_key ORDER BY c.stretch ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS out_near
            FROM held AS h
            INNER JOIN count_day AS c ON c.from_day = h.snap_date
            CROSS JOIN meta.run AS r
            WHERE coalesce(c.next_day, r.as_of) > c.from_day) AS s
      WHERE s.out_near = 1) AS t
ORDER BY t.title_key, t.stretch
