-- Which subjects each customer type reads more than the others: share of the
-- lines of its customers with the subject, over the share among all, for the
-- subjects with most lines. Order: type by customers, subject by lines.
-- Parameter: how many subjects.
WITH cell AS (
    SELECT coalesce(k.customer_type, '(none)') AS kind, c.bucket, any_value(c.bucket_name_en) AS name, any_value(c.bucket_name_zh) AS name_zh, sum(t."lines") AS "lines", count(DISTINCT t.customer_key) AS customers
    FROM score.taste AS t
    JOIN core.dim_customer AS k ON k.customer_key = t.customer_key
    JOIN core.dim_clc AS c ON c.code = t.member AND c.clc_key > 0
    WHERE t.kind = 'subject'
    GROUP BY coalesce(k.customer_type, '(none)'), c.bucket
), subject AS (
    SELECT bucket, any_value(name) AS name, any_value(name_zh) AS name_zh, sum("lines") AS "lines", row_number() OVER (ORDER BY sum("lines") DESC, bucket) AS place FROM cell GROUP BY bucket
), kind AS (
    SELECT kind, sum("lines") AS "lines", row_number() OVER (ORDER BY sum("lines") DESC, kind) AS place FROM cell GROUP BY kind HAVING sum("lines") > 0
), whole AS (
    SELECT sum("lines") AS "lines" FROM cell
)
SELECT k.kind, s.bucket, s.name, s.name_zh, CAST(coalesce(c."lines", 0) AS DOUBLE) / k."lines" AS share, CAST(s."lines" AS DOUBLE) / w."lines" AS whole
FROM kind AS k
CROSS JOIN subject AS s
CROSS JOIN whole AS w
LEFT JOIN cell AS c ON c.kind = k.kind AND c.bucket = s.bucket
WHERE s.place <= CAST(? AS INTEGER) AND w."lines" > 0
ORDER BY k.place, s.place
