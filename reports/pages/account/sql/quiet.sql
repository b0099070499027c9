-- The subjects that a customer is likely to leave, three at most, and its chance to
-- fade, from 30 % on. Parameter: keys of customers.
WITH wanted AS (
    SELECT CAST(k.key AS INTEGER) AS customer_key FROM (SELECT unnest(string_split(?, ',')) AS key) AS k
), part AS (
    SELECT p.customer_key, p.subject, p.subject_zh, p.last_bought, p.days_before, p.days, p.probability, p.value, row_number() OVER (PARTITION BY p.customer_key ORDER BY p.probability DESC, p.bucket) AS place
    FROM score.part_churn AS p
    INNER JOIN wanted AS w ON w.customer_key = p.customer_key
    WHERE p.probability IS NOT NULL
)
SELECT p.customer_key, 1 AS kind, p.subject, p.subject_zh, p.last_bought, p.days_before, p.days, p.probability, p.value
FROM part AS p
WHERE p.place <= 3 AND p.probability >= 0.3
UNION ALL
SELECT f.customer_key, 2, NULL, NULL, NULL, f.days_before, f.days_now, f.probability, f.value
FROM score.fade AS f
INNER JOIN wanted AS w ON w.customer_key = f.customer_key
WHERE f.probability >= 0.3
ORDER BY 1, 2, 8 DESC, 3
