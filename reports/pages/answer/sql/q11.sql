-- Customers whom two or more of us contacted in the last 90 days, what was
-- promised them, and how many got quotations that differ.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), met AS (
    SELECT a.customer_key, count(DISTINCT a.employee_key) AS people, sum(a.promises) AS promises
    FROM core.fact_activity AS a
    CROSS JOIN run AS r
    WHERE a.customer_key <> -1 AND a.employee_key <> -1 AND a.date > r.as_of - 90 AND a.date <= r.as_of
    GROUP BY a.customer_key
), differing AS (
    SELECT q.customer_key
    FROM core.fact_quote AS q
    CROSS JOIN run AS r
    WHERE q.conflicts > 0 AND q.date <= r.as_of AND q.valid_to > r.as_of - 90
    GROUP BY q.customer_key
)
SELECT coalesce(sum(CASE WHEN m.people >= 2 THEN 1 ELSE 0 END), 0) AS found_n, count(*) AS customers_n, max(m.people) AS people_n,
       coalesce(sum(CASE WHEN m.people >= 2 THEN m.promises END), 0) AS promises_n, coalesce(sum(CASE WHEN m.people >= 2 AND d.customer_key IS NOT NULL THEN 1 ELSE 0 END), 0) AS differing_n
FROM met AS m
LEFT JOIN differing AS d ON d.customer_key = m.customer_key
