-- Buyers by tier (two upper, others), loyalty (buying, silent) and potential.
WITH placed AS (
    SELECT p.tier_no <= 2 AS is_large, l.status IN ('active', 'new', 'reactivated') AS is_firm, w.is_wanted
    FROM score.pyramid AS p
    LEFT JOIN score.loyalty AS l ON l.customer_key = p.customer_key
    LEFT JOIN score.wallet AS w ON w.customer_key = p.customer_key
    WHERE p.basis = 'revenue' AND p.tier_no <= 4
)
SELECT count(*) AS found_n, coalesce(sum(CASE WHEN d.is_large AND d.is_firm THEN 1 ELSE 0 END), 0) AS firm_n, coalesce(sum(CASE WHEN d.is_large AND NOT coalesce(d.is_firm, false) THEN 1 ELSE 0 END), 0) AS wavering_n,
       coalesce(sum(CASE WHEN NOT d.is_large AND d.is_wanted THEN 1 ELSE 0 END), 0) AS rising_n, coalesce(sum(CASE WHEN NOT d.is_large AND NOT coalesce(d.is_wanted, false) AND d.is_firm THEN 1 ELSE 0 END), 0) AS steady_n,
       coalesce(sum(CASE WHEN NOT d.is_large AND NOT coalesce(d.is_wanted, false) AND NOT coalesce(d.is_firm, false) THEN 1 ELSE 0 END), 0) AS rest_n
FROM placed AS d
