-- Favourite subjects by reporting subject, the most frequent first, the others in
-- one row, then those without a favourite, and all. Parameter: how many.
WITH each AS (
    SELECT p.customer_key, p."lines", p.confidence, p.is_certain, p.breadth, p.has_drifted, c.bucket, c.bucket_name_en, c.bucket_name_zh
    FROM score.taste_profile AS p
    LEFT JOIN core.dim_clc AS c ON c.clc_key = p.top_clc_key AND c.clc_key > 0
), placed AS (
    SELECT bucket, row_number() OVER (ORDER BY count(*) DESC, bucket) AS place FROM each WHERE bucket IS NOT NULL GROUP BY bucket
), named AS (
    SELECT e.*, CASE WHEN e.bucket IS NULL THEN '(none)' WHEN p.place <= n.most THEN e.bucket ELSE '(others)' END AS member, CASE WHEN e.bucket IS NULL THEN 2000000 WHEN p.place <= n.most THEN p.place ELSE 1000000 END AS place
    FROM each AS e
    CROSS JOIN (SELECT CAST(? AS INTEGER) AS most) AS n
    LEFT JOIN placed AS p ON p.bucket = e.bucket
)
SELECT CASE WHEN grouping(member) = 1 THEN '(total)' ELSE member END AS member, any_value(bucket_name_en) AS name, any_value(bucket_name_zh) AS name_zh,
       count(*) AS customers, count(*) FILTER (WHERE is_certain) AS certain, avg(confidence) AS confidence, median(breadth) AS breadth, count(*) FILTER (WHERE has_drifted) AS changed, sum("lines") AS "lines"
FROM named
GROUP BY GROUPING SETS ((member, place), ())
ORDER BY grouping(member), place NULLS LAST
