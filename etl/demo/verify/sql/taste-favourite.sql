-- The favourite subject found against the first planted one, by lines kept, of
-- customers whose favourite never changed. What was planted deeper than the table
-- of classes goes is held at the class it falls under.
WITH truth AS (
    SELECT customer_id, min(clc_code) FILTER (WHERE rank = 1) AS code FROM truth_taste GROUP BY customer_id HAVING count(*) FILTER (WHERE rank = 1) = 1
), judged AS (
    SELECT p."lines", p.confidence, x.clc_key = p.top_clc_key AS is_found
    FROM truth t
    JOIN core.dim_customer c ON c.customer_id = CAST(t.customer_id AS VARCHAR)
    JOIN score.taste_profile p ON p.customer_key = c.customer_key
    JOIN meta.clc_code x ON x.code = t.code AND x.clc_key > 0
    WHERE p."lines" >= 3 AND p.top_clc_key > 0
), banded AS (
    SELECT b.least, b.accept, count(*) AS n, avg(CASE WHEN j.is_found THEN 1.0 ELSE 0 END) AS found, avg(j.confidence) AS confidence
    FROM (VALUES (3, 4, 0.50), (5, 9, 0.62), (10, 19, 0.74), (20, 49, 0.84), (50, 1000000000, 0.90)) AS b (least, most, accept)
    JOIN judged j ON j."lines" BETWEEN b.least AND b.most
    GROUP BY b.least, b.accept
)
SELECT (SELECT CASE WHEN count(*) >= 200 THEN printf('first favourites of %d customers', count(*)) END FROM judged) AS planted,
       string_agg(printf('%d lines %.2f', least, found), ', ' ORDER BY least) || printf('; confidence %.2f, right %.2f', sum(confidence * n) / sum(n), sum(found * n) / sum(n)) AS found,
       -- Three standard errors for a small band.
       bool_and(found >= accept - CASE WHEN n < 100 THEN 3 * sqrt(accept * (1 - accept) / n) ELSE 0 END) AND abs(sum(confidence * n) / sum(n) - sum(found * n) / sum(n)) <= 0.1 AS accepted
FROM banded
