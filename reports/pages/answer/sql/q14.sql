-- Contacts of twelve months with customers who first ordered in the last 24
-- months, or have not yet: how often an order followed within 14 days, by the form
-- of the contact.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), form AS (
    SELECT k.form, count(*) AS contacts, CAST(sum(a.followed) AS DOUBLE) / CAST(count(*) AS DOUBLE) AS rate
    FROM core.fact_activity AS a
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key AND k.activity_kind_key <> -1
    INNER JOIN core.dim_customer AS c ON c.customer_key = a.customer_key AND c.customer_key <> -1
    CROSS JOIN run AS r
    WHERE a.date BETWEEN r.since AND r.as_of AND coalesce(c.first_order_date > r.as_of - 730, true)
    GROUP BY k.form
)
SELECT coalesce(sum(f.contacts), 0) AS found_n, coalesce(max(CASE WHEN f.form = 'face to face' THEN f.contacts END), 0) AS met_n, max(CASE WHEN f.form = 'face to face' THEN f.rate END) AS met_pct,
       coalesce(max(CASE WHEN f.form = 'telephone' THEN f.contacts END), 0) AS call_n, max(CASE WHEN f.form = 'telephone' THEN f.rate END) AS call_pct,
       coalesce(max(CASE WHEN f.form = 'letter' THEN f.contacts END), 0) AS letter_n, max(CASE WHEN f.form = 'letter' THEN f.rate END) AS letter_pct
FROM form AS f
