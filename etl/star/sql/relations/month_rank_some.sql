-- The same as month_rank_all.sql after an increment: only places that are others.
CREATE OR REPLACE TABLE due.moved_month_rank AS
SELECT coalesce(n.customer_key, o.customer_key) AS customer_key, coalesce(n.month, o.month) AS month
FROM star_month_rank n
FULL JOIN (
    SELECT k.customer_key, k.month, k.tier_no, k.r, k.f, k.m
    FROM meta.star_month_rank k
    JOIN star_month_ranked d ON d.month = k.month
) o ON o.customer_key = n.customer_key AND o.month = n.month
WHERE o.tier_no IS DISTINCT FROM n.tier_no OR o.r IS DISTINCT FROM n.r OR o.f IS DISTINCT FROM n.f OR o.m IS DISTINCT FROM n.m;

DELETE FROM meta.star_month_rank
USING due.moved_month_rank k
WHERE k.customer_key = star_month_rank.customer_key AND k.month = star_month_rank.month;

INSERT INTO meta.star_month_rank
SELECT n.customer_key, n.month, n.tier_no, n.r, n.f, n.m
FROM star_month_rank n
JOIN due.moved_month_rank k ON k.customer_key = n.customer_key AND k.month = n.month
ORDER BY n.month, n.customer_key;
