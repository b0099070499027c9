-- What of the half year before goes with customers stopping, beyond chance, and the
-- reason noted most often with opportunities lost in twelve months.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), cause AS (
    SELECT h.covariate_en, h.covariate_zh, h.hazard_ratio, h.lower, h.upper, row_number() OVER (ORDER BY h.hazard_ratio DESC, h.place) AS place
    FROM score.hazard AS h
    WHERE h.model = 'together' AND h.hazard_ratio > 1 AND h.p < 0.05 AND h.covariate NOT IN ('orders', 'years', 'placebo')
), reason AS (
    SELECT k.lost_reason, sum(o.lost) AS lost, row_number() OVER (ORDER BY sum(o.lost) DESC, k.lost_reason) AS place
    FROM core.fact_opportunity AS o
    INNER JOIN core.dim_opportunity_kind AS k ON k.opportunity_kind_key = o.opportunity_kind_key
    CROSS JOIN run AS r
    WHERE o.lost > 0 AND k.lost_reason <> '' AND o.closed_date BETWEEN r.since AND r.as_of
    GROUP BY k.lost_reason
), total AS (
    SELECT coalesce(sum(o.lost), 0) AS lost
    FROM core.fact_opportunity AS o
    CROSS JOIN run AS r
    WHERE o.closed_date BETWEEN r.since AND r.as_of
)
SELECT CASE WHEN c.covariate_en IS NOT NULL OR k.lost IS NOT NULL THEN 1 ELSE 0 END AS found_n, c.covariate_en AS cause_name, c.covariate_zh AS cause_zh, c.hazard_ratio AS ratio_x, c.lower AS low_x, c.upper AS high_x, CASE WHEN c.covariate_en IS NULL THEN 1 END AS unclear_n,
       k.lost_reason AS reason_word, k.lost AS reason_n, t.lost AS lost_n
FROM total AS t
LEFT JOIN cause AS c ON c.place = 1
LEFT JOIN reason AS k ON k.place = 1
