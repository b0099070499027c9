-- feature.sevenp: what the seven scores are made of, one row per customer with a
-- purchase. Reads the scores of the other models and months up to the as-of date.
-- net_before is NULL where the data begin later than the twelve months before the
-- last, subjects where nothing bought in two years has a class.
WITH span AS (
    SELECT r.as_of,
           CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS year_from,
           CAST(date_trunc('month', r.as_of) - INTERVAL 23 MONTH AS DATE) AS before_from,
           (SELECT min(l.order_date) FROM core.fact_order_line AS l) < CAST(date_trunc('month', r.as_of) - INTERVAL 22 MONTH AS DATE) AS has_before,
           (SELECT count(*) FROM core.fact_order_line AS l INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key WHERE l.clc_key <> -1) > 0 AS has_class
    FROM meta.run AS r
), "month" AS (
    SELECT m.customer_key,
           sum(CASE WHEN m.month >= s.year_from THEN m.net ELSE 0 END) AS net,
           sum(CASE WHEN m.month < s.year_from THEN m.net ELSE 0 END) AS net_before,
           sum(m.sent) AS sent,
           sum(m.responded) AS responded
    FROM core.fact_customer_month AS m
    CROSS JOIN span AS s
    WHERE m.month >= s.before_from AND m.month <= s.as_of
    GROUP BY m.customer_key
), subject AS (
    SELECT l.customer_key, c.bucket, sum(l.net) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
    WHERE l.clc_key <> -1 AND l.order_date >= s.before_from AND l.order_date <= s.as_of AND l.net > 0
    GROUP BY l.customer_key, c.bucket
), breadth AS (
    SELECT customer_key, CAST(count(*) AS INTEGER) AS subjects, CAST(max(net) AS DOUBLE) / CAST(sum(net) AS DOUBLE) AS main_share
    FROM subject
    GROUP BY customer_key
), tier AS (
    SELECT customer_key, tier FROM score.pyramid WHERE basis = 'revenue'
)
SELECT
    f.customer_key,
    coalesce(c.customer_type, '(none)') AS "customer_type",
    coalesce(t.tier, 'inactive') AS "tier",
    f.recency_days,
    f.segment,
    f.r_score + f.f_score + f.m_score AS "rfm_sum",
    l.loyalty,
    l.status,
    l.silent_days,
    p.contribution,
    CASE WHEN p.net_sales > 0 THEN CAST(p.contribution AS DOUBLE) / CAST(p.net_sales AS DOUBLE) END AS "contribution_rate",
    CAST(coalesce(m.net, 0) AS DECIMAL(18, 4)) AS "net",
    CASE WHEN s.has_before THEN CAST(coalesce(m.net_before, 0) AS DECIMAL(18, 4)) END AS "net_before",
    coalesce(v.clv, v.sales_to_come) AS "future",
    v.expected_orders,
    CASE WHEN s.has_class THEN CASE WHEN f.recency_days > s.as_of - s.before_from THEN 0 ELSE b.subjects END END AS "subjects",
    b.main_share,
    CAST(coalesce(m.sent, 0) AS INTEGER) AS "sent",
    CAST(coalesce(m.responded, 0) AS INTEGER) AS "responded"
FROM score.rfm AS f
CROSS JOIN span AS s
INNER JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
LEFT JOIN tier AS t ON t.customer_key = f.customer_key
LEFT JOIN score.loyalty AS l ON l.customer_key = f.customer_key
LEFT JOIN score.customer_profit AS p ON p.customer_key = f.customer_key
LEFT JOIN score.clv AS v ON v.customer_key = f.customer_key
LEFT JOIN breadth AS b ON b.customer_key = f.customer_key
LEFT JOIN "month" AS m ON m.customer_key = f.customer_key
ORDER BY f.customer_key
