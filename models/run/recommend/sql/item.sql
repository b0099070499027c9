-- The titles that models work on: those of the current catalogue issues, those
-- listed within a year, volumes of series that somebody buys, and of all others
-- the first so many by customers, recent ones counting most.
WITH ranked AS (
    SELECT t.title_key, row_number() OVER (ORDER BY t.recent DESC, t.title_key) AS place
    FROM feature.offer_title AS t
    WHERE t.buyers > 0
), followed AS (
    SELECT t.series_no FROM feature.offer_title AS t WHERE t.series_no IS NOT NULL GROUP BY t.series_no HAVING max(t.recent) > 0.1
)
SELECT t.title_key, t.work_no, t.series_no, t.volume, t.publisher_key, t.is_textbook, t.listed, t.pub_date, t.price, t.margin, t.free, t.is_embargoed, t.issued, t.buyers, t.buyers_12,
       t.class_no AS class, t.author_no, dense_rank() OVER (ORDER BY coalesce(t.class_3, '')) - 1 AS class_3,
       dense_rank() OVER (ORDER BY coalesce(t.class_1, '')) - 1 AS class_1, t.class IS NULL AS is_unclassified,
       CASE t.status WHEN 'in print' THEN 1 WHEN 'forthcoming' THEN 2 WHEN 'op' THEN 3 WHEN 'cancelled' THEN 4 ELSE 0 END AS status
FROM feature.offer_title AS t
LEFT JOIN ranked AS r ON r.title_key = t.title_key
LEFT JOIN followed AS f ON f.series_no = t.series_no
WHERE r.place <= $2 OR t.issued > CAST($1 AS DATE) - 130 OR (t.listed > CAST($1 AS DATE) - 365 AND t.status <> 'cancelled') OR (f.series_no IS NOT NULL AND t.listed > CAST($1 AS DATE) - 1100)
ORDER BY t.title_key
