-- feature.renewal: how many renewals of every customer have been seen, and how
-- many of them it passed one after another. One row a customer and basis.
--   contract  renewals of contracts: one is passed when the next contract begins
--             within 90 days of the end, and seen once these days are over
--   year      years of 365.25 days since the first purchase: the k-th renewal is
--             passed by a purchase in the year k years after the first, and seen
--             once that year is over. Left out are customers whose years cannot
--             be counted: they bought in the first year of the data and were on
--             record, or may have been, before it began
WITH ran AS (
    SELECT c.customer_key, c.renewed, row_number() OVER (PARTITION BY c.customer_key ORDER BY c.start_date, c.contract_id) AS place,
           c.renewed = 1 OR coalesce(c.end_date + 90 < r.as_of, false) AS is_seen
    FROM core.fact_contract AS c
    CROSS JOIN meta.run AS r
    WHERE c.customer_key <> -1 AND c.start_date <= r.as_of
), broken AS (
    SELECT n.customer_key, min(n.place) AS place
    FROM ran AS n
    WHERE n.renewed = 0
    GROUP BY n.customer_key
), chain AS (
    SELECT n.customer_key, count(*) AS passed,
           max(CASE WHEN b.place IS NOT NULL THEN CASE WHEN l.is_seen THEN 1 ELSE 0 END ELSE 0 END) AS ended
    FROM ran AS n
    LEFT JOIN broken AS b ON b.customer_key = n.customer_key
    LEFT JOIN ran AS l ON l.customer_key = n.customer_key AND l.place = b.place
    WHERE b.place IS NULL OR n.place <= b.place
    GROUP BY n.customer_key
), contract AS (
    SELECT c.customer_key, CASE WHEN b.place IS NULL THEN c.passed ELSE c.passed - 1 END AS passed, c.ended
    FROM chain AS c
    LEFT JOIN broken AS b ON b.customer_key = c.customer_key
), day AS (
    SELECT l.customer_key, l.order_date
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.customer_key <> -1 AND l.net > 0 AND l.qty > 0 AND l.order_date <= r.as_of
    GROUP BY l.customer_key, l.order_date
), beginning AS (
    SELECT min(d.order_date) AS day FROM day AS d
), first AS (
    SELECT d.customer_key, min(d.order_date) AS first_day
    FROM day AS d
    GROUP BY d.customer_key
), counted AS (
    SELECT f.customer_key, f.first_day, CAST(floor(CAST(r.as_of - f.first_day + 1 AS DOUBLE) / 365.25) AS INTEGER) - 1 AS seen
    FROM first AS f
    CROSS JOIN beginning AS b
    CROSS JOIN meta.run AS r
    INNER JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
    WHERE f.first_day >= b.day + 365 OR c.created_date >= b.day
), bought AS (
    SELECT DISTINCT c.customer_key, c.seen, CAST(floor(CAST(d.order_date - c.first_day AS DOUBLE) / 365.25) AS INTEGER) AS year
    FROM counted AS c
    INNER JOIN day AS d ON d.customer_key = c.customer_key
    WHERE c.seen >= 1
), numbered AS (
    SELECT b.customer_key, b.seen, b.year, row_number() OVER (PARTITION BY b.customer_key ORDER BY b.year) AS place
    FROM bought AS b
    WHERE b.year >= 1 AND b.year <= b.seen
), kept AS (
    SELECT n.customer_key, count(*) AS passed
    FROM numbered AS n
    WHERE n.year = n.place
    GROUP BY n.customer_key
)
SELECT 'contract' AS basis, c.customer_key, CAST(c.passed + c.ended AS INTEGER) AS seen, CAST(c.passed AS INTEGER) AS passed
FROM contract AS c
UNION ALL
SELECT 'year', c.customer_key, c.seen, CAST(coalesce(k.passed, 0) AS INTEGER)
FROM counted AS c
LEFT JOIN kept AS k ON k.customer_key = c.customer_key
WHERE c.seen >= 1
ORDER BY basis, customer_key
