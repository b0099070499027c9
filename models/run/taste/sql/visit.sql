-- The subjects bought by day of customers with enough of them to be tested, each
-- once a day: customer, day as days since 1970-01-01, number of the subject. Of a
-- series only what was bought first counts: who buys the next volume chooses
-- nothing anew. Subjects that everyone moved to are left out.
WITH chosen AS (
    SELECT l.customer_key, l.title_key, l.day,
           row_number() OVER (PARTITION BY l.customer_key, coalesce('series ' || t.series_id, 'title ' || l.title_key) ORDER BY l.day, l.title_key) AS place
    FROM feature.taste_line AS l
    JOIN core.dim_title AS t ON t.title_key = l.title_key
), visit AS (
    SELECT DISTINCT l.customer_key, l.day, a.member
    FROM chosen AS l
    JOIN feature.taste_attribute AS a ON a.title_key = l.title_key AND a.kind = 'subject'
    WHERE l.place = 1 AND a.member NOT IN (SELECT member FROM feature.taste_rising)
), placed AS (
    SELECT customer_key, day, member, count(*) OVER (PARTITION BY customer_key) AS n,
           row_number() OVER (PARTITION BY customer_key ORDER BY day DESC, member) AS recent
    FROM visit
)
SELECT p.customer_key, date_diff('day', DATE '1970-01-01', p.day) AS day, c.clc_key AS subject
FROM placed AS p
JOIN core.dim_clc AS c ON c.code = p.member
WHERE p.n >= CAST(? AS INTEGER) AND p.recent <= CAST(? AS INTEGER)
ORDER BY p.customer_key, p.day, c.clc_key;
