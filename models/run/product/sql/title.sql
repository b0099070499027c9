CREATE OR REPLACE TABLE score.title AS
SELECT
    s.title_key,
    t.title AS "title",
    s.abc AS "abc",
    nullif(s.xyz, '') AS "xyz",
    s.phase AS "phase",
    CASE s.phase WHEN 'introduction' THEN 1 WHEN 'growth' THEN 2 WHEN 'mature' THEN 3 WHEN 'decline' THEN 4 ELSE 5 END AS "phase_no",
    CAST(s.abc_rank AS INTEGER) AS "abc_rank",
    coalesce(v.copies, 0) AS "copies",
    CAST(coalesce(v.net, 0) AS DECIMAL(18, 4)) AS "net",
    CAST(coalesce(v.value_returned, 0) AS DECIMAL(18, 4)) AS "returned",
    CAST(v.margin AS DECIMAL(18, 4)) AS "margin",
    CAST(v.net_costed AS DECIMAL(18, 4)) AS "net_costed",
    coalesce(v.orders, 0) AS "orders",
    coalesce(v.lines, 0) AS "lines",
    coalesce(v.copies_returned, 0) AS "copies_returned",
    CASE WHEN v.copies > 0 THEN CAST(v.copies_returned AS DOUBLE) / v.copies END AS "return_rate",
    s.abc_share AS "abc_share",
    s.abc_cumulated AS "abc_cumulated",
    nullif(s.abc_margin, '') AS "abc_margin",
    s.monthly_mean AS "monthly_mean",
    s.monthly_cv AS "monthly_cv",
    CAST(s.months AS INTEGER) AS "months",
    CAST(l.age AS INTEGER) AS "age_days",
    l.origin AS "origin_date",
    l.first_sale AS "first_sale",
    l.last_sale AS "last_sale",
    l.lines_ever AS "lines_ever",
    l.copies_ever AS "copies_ever",
    l.recent AS "recent_lines",
    l.before AS "before_lines",
    s.half_life AS "half_life_days",
    nullif(s.half_life_of, '') AS "half_life_of",
    k.on_hand AS "stock",
    k.value AS "stock_value",
    k.mean_value AS "mean_stock_value",
    CAST(CASE WHEN k.mean_value > 0 AND coalesce(v.lines, 0) = 0 THEN 0 WHEN k.mean_value > 0 THEN v.margin END AS DECIMAL(18, 4)) AS "stock_margin",
    s.gmroi AS "gmroi",
    s.sell_through AS "sell_through",
    CASE WHEN k.opening IS NOT NULL AND k.moved_in IS NOT NULL THEN k.opening + k.moved_in END AS "copies_available",
    CASE WHEN k.opening IS NOT NULL AND k.moved_in IS NOT NULL THEN k.moved_out END AS "copies_issued",
    s.cover AS "cover_days",
    CAST(s.excess AS DECIMAL(18, 4)) AS "excess_value",
    CASE WHEN k.on_hand IS NOT NULL THEN s.is_dead END AS "is_dead",
    CAST(CASE WHEN s.is_dead THEN k.value WHEN k.on_hand IS NOT NULL THEN 0 END AS DECIMAL(18, 4)) AS "dead_value",
    CAST(s.idle AS INTEGER) AS "idle_days",
    e.newer_key AS "newer_edition_key",
    u.substitute_key AS "substitute_key",
    coalesce(t.clc_key, -1) AS "clc_key",
    coalesce(t.publisher_key, -1) AS "publisher_key",
    r.as_of
FROM (SELECT CAST(f.title_key AS INTEGER) AS title_key, f.abc, f.xyz, f.phase, f.abc_rank, f.abc_share, f.abc_cumulated, f.abc_margin, f.monthly_mean, f.monthly_cv, f.months,
             f.half_life, f.half_life_of, f.gmroi, f.sell_through, f.cover, f.excess, f.is_dead, f.idle
      FROM temp.main.fitted AS f) AS s
CROSS JOIN meta.run AS r
INNER JOIN core.dim_title AS t ON t.title_key = s.title_key
INNER JOIN feature.title_life AS l ON l.title_key = s.title_key
LEFT JOIN feature.title_sales AS v ON v.title_key = s.title_key
LEFT JOIN feature.title_stock AS k ON k.title_key = s.title_key
LEFT JOIN feature.title_edition AS e ON e.title_key = s.title_key
LEFT JOIN (SELECT title_key, min(substitute_key) AS substitute_key FROM score.substitution WHERE is_substitute AND substitute_rank = 1 AND kind = 'stock_out' GROUP BY title_key) AS u ON u.title_key = s.title_key
ORDER BY s.abc_rank NULLS LAST, s.title_key
