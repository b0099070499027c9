-- What agents sent back of the orders of eleven months from the planted day, which
-- have had the half year in which copies come back; ranked by net sales and by the
-- share sent back.
WITH planted AS (
    SELECT CAST(id AS VARCHAR) AS customer_id, "from" AS from_day FROM truth_events WHERE code = 'big_customer' AND subject = 'agent_unsold'
), span AS (
    SELECT min(p.from_day) AS from_day, min(p.from_day) + INTERVAL 11 MONTH AS end_day FROM planted AS p
), sold AS (
    SELECT l.customer_key, sum(l.qty) AS copies, sum(l.net) AS net
    FROM core.fact_order_line AS l
    JOIN core.dim_customer AS c ON c.customer_key = l.customer_key
    CROSS JOIN span AS s
    WHERE c.customer_type = 'agent' AND l.order_date >= s.from_day AND l.order_date < s.end_day
    GROUP BY l.customer_key
), back AS (
    SELECT l.customer_key, sum(r.qty) AS copies
    FROM core.fact_return AS r
    JOIN core.fact_order_line AS l ON l.line_id = r.line_id
    CROSS JOIN span AS s
    WHERE NOT r.from_order_line AND l.order_date >= s.from_day AND l.order_date < s.end_day
    GROUP BY l.customer_key
), rated AS (
    SELECT p.customer_id IS NOT NULL AS is_planted, s.copies, coalesce(b.copies, 0) AS back, CAST(coalesce(b.copies, 0) AS DOUBLE) / s.copies AS rate,
           rank() OVER (ORDER BY s.net DESC) AS by_sales, rank() OVER (ORDER BY CAST(coalesce(b.copies, 0) AS DOUBLE) / s.copies DESC) AS by_rate
    FROM sold AS s
    JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
    LEFT JOIN planted AS p ON p.customer_id = c.customer_id
    LEFT JOIN back AS b ON b.customer_key = s.customer_key
    WHERE s.copies >= 100
), summed AS (
    SELECT count(*) FILTER (WHERE is_planted) AS agents, sum(CASE WHEN is_planted THEN back END)::DOUBLE / sum(CASE WHEN is_planted THEN copies END) AS theirs,
           sum(CASE WHEN NOT is_planted THEN back END)::DOUBLE / sum(CASE WHEN NOT is_planted THEN copies END) AS others, min(rate) FILTER (WHERE is_planted) AS least,
           max(rate) FILTER (WHERE NOT is_planted) AS most, string_agg(by_sales || ' by sales, ' || by_rate || ' by returns', '; ' ORDER BY by_sales) FILTER (WHERE is_planted) AS ranks
    FROM rated
)
SELECT CASE WHEN EXISTS (SELECT 1 FROM planted) THEN '25 % of copies, others 12 %' END AS planted,
       printf('%.0f %%, others %.0f %%; rank %s', 100 * theirs, 100 * others, ranks) AS found,
       coalesce(agents > 0 AND abs(theirs - 0.25) <= 0.07 AND abs(others - 0.12) <= 0.04 AND least > others AND least > 0.75 * most, false) AS accepted
FROM summed
