-- Contacts of twelve months with customers who first ordered in the last 24
-- months, or have not yet: after which form of contact an order followed within 14
-- days most often, and least, of forms with ten contacts or more.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), form AS (
    SELECT k.form, count(*) AS contacts, sum(a.followed) AS followed
    FROM core.fact_activity AS a
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key AND k.activity_kind_key <> -1
    INNER JOIN core.dim_customer AS c ON c.customer_key = a.customer_key AND c.customer_key <> -1
    CROSS JOIN run AS r
    WHERE a.date BETWEEN r.since AND r.as_of AND coalesce(c.first_order_date > r.as_of - 730, true)
    GROUP BY k.form
), rated AS (
    SELECT f.form, CAST(f.followed AS DOUBLE) / CAST(f.contacts AS DOUBLE) AS rate
    FROM form AS f
    WHERE f.contacts >= 10
), ranked AS (
    SELECT d.form, d.rate, row_number() OVER (ORDER BY d.rate DESC, d.form) AS best, row_number() OVER (ORDER BY d.rate, d.form DESC) AS worst
    FROM rated AS d
), total AS (
    SELECT coalesce(sum(f.contacts), 0) AS contacts
    FROM form AS f
)
SELECT CASE WHEN b.form IS NULL THEN 0 ELSE t.contacts END AS found_n, t.contacts AS contacts_n, b.form AS best_word, b.rate AS best_pct, w.form AS worst_word, w.rate AS worst_pct
FROM total AS t
LEFT JOIN ranked AS b ON b.best = 1
LEFT JOIN ranked AS w ON w.worst = 1
