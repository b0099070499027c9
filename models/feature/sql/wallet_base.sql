-- feature.wallet_base: what every known customer bought and could buy, and the
-- groups of customers like it.
--   sales_12    net sales of the twelve months up to the as-of date
--   sales_year  net sales of the last calendar year that has ended
--   budget      yearly book budget it has told
--   size_no     third of its type by credit limit, 1 the smallest; 0 not known
WITH day AS (
    SELECT r.as_of, CAST(r.as_of - INTERVAL 12 MONTH AS DATE) AS from_date,
           CAST(date_trunc('year', CAST(r.as_of + INTERVAL 1 DAY AS DATE)) AS DATE) AS year_end
    FROM meta.run AS r
), sold AS (
    SELECT l.customer_key,
           sum(CASE WHEN l.order_date > d.from_date THEN l.net ELSE 0 END) AS sales_12,
           sum(CASE WHEN l.order_date >= CAST(d.year_end - INTERVAL 12 MONTH AS DATE) AND l.order_date < d.year_end THEN l.net ELSE 0 END) AS sales_year,
           max(l.order_date) AS last_date
    FROM core.fact_order_line AS l
    CROSS JOIN day AS d
    WHERE l.order_date <= d.as_of
    GROUP BY l.customer_key
), sized AS (
    SELECT c.customer_key, ntile(3) OVER (PARTITION BY c.customer_type ORDER BY c.credit_limit, c.customer_key) AS size_no
    FROM core.dim_customer AS c
    WHERE c.customer_key <> -1 AND c.credit_limit > 0
)
SELECT c.customer_key, coalesce(c.customer_type, '(none)') AS "customer_type", coalesce(g.area, '(none)') AS "area",
       CAST(coalesce(z.size_no, 0) AS INTEGER) AS "size_no",
       CAST(coalesce(s.sales_12, 0) AS DECIMAL(18, 4)) AS "sales_12", CAST(coalesce(s.sales_year, 0) AS DECIMAL(18, 4)) AS "sales_year",
       CASE WHEN c.annual_book_budget > 0 THEN c.annual_book_budget END AS "budget", s.last_date
FROM core.dim_customer AS c
LEFT JOIN sold AS s ON s.customer_key = c.customer_key
LEFT JOIN sized AS z ON z.customer_key = c.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE c.customer_key <> -1 AND (s.last_date IS NOT NULL OR c.annual_book_budget > 0)
ORDER BY c.customer_key
