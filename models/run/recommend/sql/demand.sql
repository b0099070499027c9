-- Copies of each new title that will be ordered within 90 days of its listing, and
-- how many of its list of customers would take it.
CREATE OR REPLACE TABLE score.title_demand AS
WITH wanted AS (
    SELECT r.title_key, count(*) AS customers, sum(CASE WHEN r.is_next THEN 1 ELSE 0 END) AS next_volumes
    FROM score.recommendation AS r
    WHERE r.list = 'new'
    GROUP BY r.title_key
)
SELECT CAST(f.title_key AS INTEGER) AS title_key, CAST(f.catalogue_key AS INTEGER) AS catalogue_key, t.clc_key, t.publisher_key, $1::INTEGER AS date_key,
       f.copies, f.low, f.high, CAST(f.to_order AS INTEGER) AS to_order, CAST(coalesce(w.customers, 0) AS INTEGER) AS customers, CAST(coalesce(w.next_volumes, 0) AS INTEGER) AS next_volumes,
       CAST(row_number() OVER (ORDER BY f.copies DESC, f.title_key, f.catalogue_key) AS INTEGER) AS place
FROM temp.main.fitted AS f
INNER JOIN feature.offer_title AS t ON t.title_key = f.title_key
LEFT JOIN wanted AS w ON w.title_key = f.title_key
ORDER BY place
