-- score.catalogue: how mature listings fared in the 90 days from the issue: in all,
-- and by catalogue, third of its pages and type of the customers who ordered. A
-- listing is ordered by a type when one of its customers did; copies and value are
-- theirs. low and high are Wilson's 95 % interval of the hit rate.
CREATE OR REPLACE TABLE score.catalogue AS
WITH paged AS (
    SELECT g.catalogue_key, max(g.page) AS pages
    FROM core.fact_catalogue_listing AS g
    GROUP BY g.catalogue_key
), listing AS (
    SELECT g.catalogue_key, g.title_key, g.catalogue_id, g.title_id, g.issue_date, coalesce(c.code, '(unknown)') AS code,
           CASE WHEN g.page IS NULL OR p.pages < 3 THEN '(none)' WHEN g.page * 3 <= p.pages THEN 'first' WHEN g.page * 3 <= p.pages * 2 THEN 'middle' ELSE 'last' END AS page_third,
           coalesce(g.is_hit, false) AS is_hit, g.copies_90, g.net_90, CASE WHEN g.days_to_first_order <= 89 THEN g.days_to_first_order END AS days
    FROM core.fact_catalogue_listing AS g
    INNER JOIN paged AS p ON p.catalogue_key = g.catalogue_key
    LEFT JOIN core.dim_catalogue AS c ON c.catalogue_key = g.catalogue_key
    WHERE g.is_mature
), kind AS (
    SELECT DISTINCT coalesce(k.customer_type, '(none)') AS customer_type
    FROM core.dim_customer AS k
    WHERE k.customer_key <> -1
), bought AS (
    SELECT g.catalogue_id, g.title_id, coalesce(k.customer_type, '(none)') AS customer_type, sum(f.qty) AS copies, sum(f.net) AS net, min(f.order_date - g.issue_date) AS days
    FROM listing AS g
    INNER JOIN core.fact_order_line AS f ON f.title_key = g.title_key AND f.title_key <> -1 AND f.qty > 0 AND f.order_date >= g.issue_date AND f.order_date <= g.issue_date + 89
    INNER JOIN core.dim_customer AS k ON k.customer_key = f.customer_key AND k.customer_key <> -1
    GROUP BY g.catalogue_id, g.title_id, coalesce(k.customer_type, '(none)')
), cell AS (
    SELECT g.code, g.page_third, '(all)' AS customer_type, g.is_hit, g.copies_90 AS copies, g.net_90 AS net, g.days
    FROM listing AS g
    UNION ALL
    SELECT g.code, g.page_third, k.customer_type, b.copies IS NOT NULL AS is_hit, coalesce(b.copies, 0) AS copies, coalesce(b.net, 0) AS net, b.days
    FROM listing AS g
    CROSS JOIN kind AS k
    LEFT JOIN bought AS b ON b.catalogue_id = g.catalogue_id AND b.title_id = g.title_id AND b.customer_type = k.customer_type
), summed AS (
    SELECT CASE WHEN GROUPING(c.code) = 1 THEN '(all)' ELSE c.code END AS code, CASE WHEN GROUPING(c.page_third) = 1 THEN '(all)' ELSE c.page_third END AS page_third, c.customer_type,
           count(*) AS listings, sum(CASE WHEN c.is_hit THEN 1 ELSE 0 END) AS hits, sum(c.copies) AS copies, sum(c.net) AS net,
           quantile_cont(CAST(c.days AS DOUBLE), 0.5) AS days_p50, quantile_cont(CAST(c.days AS DOUBLE), 0.9) AS days_p90
    FROM cell AS c
    GROUP BY GROUPING SETS ((c.customer_type), (c.code, c.customer_type), (c.page_third, c.customer_type), (c.code, c.page_third, c.customer_type))
), rated AS (
    SELECT s.code, s.page_third, s.customer_type, s.listings, s.hits, s.copies, s.net, s.days_p50, s.days_p90,
           CAST(s.hits AS DOUBLE) / s.listings AS p, CAST(s.listings AS DOUBLE) AS n, 3.841458820694124 AS z2
    FROM summed AS s
)
SELECT r.code AS "code", r.page_third AS "page_third", r.customer_type AS "customer_type", CAST(r.listings AS INTEGER) AS "listings", CAST(r.hits AS INTEGER) AS "hits",
       r.p AS "hit_rate",
       greatest(0.0, (r.p + r.z2 / 2 / r.n - sqrt(r.z2 * (r.p * (1 - r.p) / r.n + r.z2 / 4 / r.n / r.n))) / (1 + r.z2 / r.n)) AS "low",
       least(1.0, (r.p + r.z2 / 2 / r.n + sqrt(r.z2 * (r.p * (1 - r.p) / r.n + r.z2 / 4 / r.n / r.n))) / (1 + r.z2 / r.n)) AS "high",
       CAST(r.copies AS BIGINT) AS "copies", CAST(r.copies AS DOUBLE) / r.n AS "copies_per_title", CAST(r.net AS DECIMAL(18, 4)) AS "net",
       r.days_p50 AS "days_p50", r.days_p90 AS "days_p90"
FROM rated AS r
ORDER BY CASE WHEN r.code = '(all)' THEN 0 ELSE 1 END, r.code, CASE r.page_third WHEN '(all)' THEN 0 WHEN 'first' THEN 1 WHEN 'middle' THEN 2 WHEN 'last' THEN 3 ELSE 4 END,
         CASE WHEN r.customer_type = '(all)' THEN 0 ELSE 1 END, r.customer_type
