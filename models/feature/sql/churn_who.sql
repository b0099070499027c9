-- feature.churn_who: the customers that are looked at, so many as asked for, drawn
-- by a hash of the key; all where there are no more. Parameter: how many.
SELECT c.customer_key
FROM (
    SELECT d.customer_key, row_number() OVER (ORDER BY md5(CAST(d.customer_key AS VARCHAR)), d.customer_key) AS place
    FROM (SELECT DISTINCT customer_key FROM feature.churn_day) AS d
) AS c
WHERE c.place <= ?
ORDER BY c.customer_key
