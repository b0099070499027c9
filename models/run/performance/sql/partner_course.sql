-- What partners (agents) took in and sent back in the last twelve months, and what
-- came back of what they had ordered: copies of the twelve months that ended half a
-- year ago, most of which have come by now, beside those of the twelve before. A
-- return without a known line counts with the orders of its own day.
-- Parameters: first and last day of the last twelve months; first days of both
-- cohorts, the later first, and the day after the later one.
CREATE OR REPLACE TEMP TABLE partner_course AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS cohort_1, CAST(? AS DATE) AS cohort_0, CAST(? AS DATE) AS cohort_end
), agent AS (
    SELECT c.customer_key, coalesce(c.channel_key, -1) AS channel_key, coalesce(c.geo_key, -1) AS geo_key
    FROM core.dim_customer AS c
    LEFT JOIN core.dim_channel AS k ON k.channel_key = c.channel_key
    WHERE c.customer_key <> -1 AND (c.customer_type = 'agent' OR k.kind = 'agent')
), line AS (
    SELECT l.line_id, l.customer_key, l.order_date, l.qty, l.net, coalesce(l.gross_margin, l.margin) AS margin
    FROM core.fact_order_line AS l
    INNER JOIN agent AS a ON a.customer_key = l.customer_key
), sold AS (
    SELECT l.customer_key, sum(CASE WHEN l.order_date BETWEEN s.from_1 AND s.to_1 THEN l.net ELSE 0 END) AS net,
           sum(CASE WHEN l.order_date BETWEEN s.from_1 AND s.to_1 THEN l.margin END) AS margin,
           sum(CASE WHEN l.order_date >= s.cohort_1 AND l.order_date < s.cohort_end THEN l.qty ELSE 0 END) AS copies,
           sum(CASE WHEN l.order_date >= s.cohort_0 AND l.order_date < s.cohort_1 THEN l.qty ELSE 0 END) AS copies_before
    FROM line AS l
    CROSS JOIN span AS s
    WHERE l.order_date >= s.cohort_0 AND l.order_date <= s.to_1
    GROUP BY l.customer_key
), sent_back AS (
    SELECT r.customer_key, r.return_date, r.qty, r.value, r.reason, CASE WHEN NOT r.from_order_line THEN r.line_id END AS line_id
    FROM core.fact_return AS r
    INNER JOIN agent AS a ON a.customer_key = r.customer_key
    CROSS JOIN span AS s
    WHERE r.return_date <= s.to_1
), back AS (
    SELECT r.customer_key, sum(CASE WHEN r.return_date >= s.from_1 THEN r.value ELSE 0 END) AS returned,
           sum(CASE WHEN r.return_date >= s.from_1 AND r.reason = 'unsold' THEN r.qty ELSE 0 END) AS copies_unsold,
           sum(CASE WHEN coalesce(l.order_date, r.return_date) >= s.cohort_1 AND coalesce(l.order_date, r.return_date) < s.cohort_end THEN r.qty ELSE 0 END) AS copies_back,
           sum(CASE WHEN coalesce(l.order_date, r.return_date) >= s.cohort_0 AND coalesce(l.order_date, r.return_date) < s.cohort_1 THEN r.qty ELSE 0 END) AS copies_back_before
    FROM sent_back AS r
    CROSS JOIN span AS s
    LEFT JOIN line AS l ON l.line_id = r.line_id
    GROUP BY r.customer_key
)
SELECT a.customer_key, a.channel_key, a.geo_key, coalesce(d.net, 0) AS net, d.margin, coalesce(d.copies, 0) AS copies, coalesce(d.copies_before, 0) AS copies_before,
       coalesce(b.returned, 0) AS returned, coalesce(b.copies_unsold, 0) AS copies_unsold, coalesce(b.copies_back, 0) AS copies_back, coalesce(b.copies_back_before, 0) AS copies_back_before
FROM agent AS a
LEFT JOIN sold AS d ON d.customer_key = a.customer_key
LEFT JOIN back AS b ON b.customer_key = a.customer_key
WHERE d.net <> 0 OR d.copies > 0 OR b.returned <> 0
