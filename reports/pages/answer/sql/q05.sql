-- Open leads by their chance to order.
WITH ranked AS (
    SELECT l.lead_id, l.lead_source, l.probability_left, row_number() OVER (ORDER BY l.probability_left DESC NULLS LAST, l.lead_id) AS place
    FROM score.lead AS l
), total AS (
    SELECT count(*) AS leads, sum(l.expected_orders) AS expected, sum(CASE WHEN l.probability_left >= 0.5 THEN 1 ELSE 0 END) AS likely
    FROM score.lead AS l
)
SELECT t.leads AS found_n, t.expected AS expected_x, t.likely AS likely_n, CAST(k.lead_id AS VARCHAR) AS lead_name, k.lead_source AS source_word, k.probability_left AS lead_pct
FROM total AS t
LEFT JOIN ranked AS k ON k.place = 1
