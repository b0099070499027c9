-- score.taste_profile: one row per customer with a line kept or an interest told.
CREATE OR REPLACE TABLE score.taste_profile AS
WITH kept AS (
    SELECT customer_key, sum("lines") AS "lines", CAST(sum(weight) AS DOUBLE) AS weight, min(day) AS first_day, max(day) AS last_day FROM feature.taste_line GROUP BY customer_key
), language AS (
    SELECT customer_key, member, share FROM (
        SELECT customer_key, member, share, row_number() OVER (PARTITION BY customer_key ORDER BY share DESC, member) AS place FROM score.taste WHERE kind = 'language'
    ) WHERE place = 1
), second AS (
    SELECT t.customer_key, t.member, t.name, t.name_zh FROM (
        SELECT t.*, row_number() OVER (PARTITION BY t.customer_key ORDER BY t.share - t.base DESC, t.member) AS place
        FROM score.taste AS t
        JOIN fitted AS f ON f.customer_key = t.customer_key
        LEFT JOIN core.dim_clc AS c ON c.clc_key = f.subject AND c.clc_key > 0
        WHERE t.kind = 'subject' AND t."lines" > 1 AND t.affinity > 1.5 AND t.member IS DISTINCT FROM c.code
    ) AS t WHERE t.place = 1
), told AS (
    SELECT customer_key, count(*) AS declared, count(*) FILTER (WHERE "lines" = 0) AS declared_unbought FROM score.taste WHERE kind = 'subject' AND is_declared GROUP BY customer_key
), profile AS (
    SELECT CAST(f.customer_key AS INTEGER) AS customer_key, CAST(coalesce(k."lines", 0) AS BIGINT) AS "lines", coalesce(k.weight, 0) AS weight,
           CAST(coalesce(c.clc_key, -1) AS INTEGER) AS top_clc_key, c.code AS top_code, c.name_en AS top_name, c.name_zh AS top_name_zh,
           CAST(f.share AS DECIMAL(18, 4)) AS share, CAST(f.base AS DECIMAL(18, 4)) AS base, CAST(f.affinity AS DECIMAL(18, 4)) AS affinity, CAST(f.confidence AS DECIMAL(18, 4)) AS confidence,
           CASE WHEN f.confidence >= 0.9 THEN 'high' WHEN f.confidence >= 0.7 THEN 'fair' WHEN f.confidence IS NOT NULL THEN 'low' ELSE 'none' END AS certainty,
           coalesce(f.confidence >= 0.9, false) AS is_certain, coalesce(o.is_declared, false) AS top_declared, s.member AS second_code, s.name AS second_name, s.name_zh AS second_name_zh,
           CAST(f.breadth AS DECIMAL(18, 4)) AS breadth, g.member AS language, CAST(g.share AS DECIMAL(18, 4)) AS language_share, CAST(coalesce(t.declared, 0) AS BIGINT) AS declared, CAST(coalesce(t.declared_unbought, 0) AS BIGINT) AS declared_unbought,
           f.tested AS drift_tested, f.drifted AS has_drifted, f.p AS drift_p, CASE WHEN f.drifted THEN DATE '1970-01-01' + CAST(f.day AS INTEGER) END AS drift_date,
           x.code AS drift_from, x.name_en AS drift_from_name, x.name_zh AS drift_from_name_zh, y.code AS drift_to, y.name_en AS drift_to_name, y.name_zh AS drift_to_name_zh,
           k.first_day, k.last_day
    FROM fitted AS f
    JOIN core.dim_customer AS d ON d.customer_key = f.customer_key
    LEFT JOIN kept AS k ON k.customer_key = f.customer_key
    LEFT JOIN language AS g ON g.customer_key = f.customer_key
    LEFT JOIN second AS s ON s.customer_key = f.customer_key
    LEFT JOIN told AS t ON t.customer_key = f.customer_key
    LEFT JOIN core.dim_clc AS c ON c.clc_key = f.subject AND c.clc_key > 0
    LEFT JOIN score.taste AS o ON o.customer_key = f.customer_key AND o.kind = 'subject' AND o.member = c.code
    LEFT JOIN core.dim_clc AS x ON x.clc_key = f.lost AND x.clc_key > 0
    LEFT JOIN core.dim_clc AS y ON y.clc_key = f.won AND y.clc_key > 0
)
SELECT p.customer_key, p."lines", p.weight, p.top_clc_key, p.top_code, p.top_name, p.top_name_zh, p.share, p.base, p.affinity, p.confidence, p.certainty, p.is_certain, p.top_declared, p.second_code, p.second_name, p.second_name_zh, p.breadth, p.language, p.language_share, p.declared, p.declared_unbought, p.drift_tested, p.has_drifted, p.drift_p, p.drift_date, p.drift_from, p.drift_from_name, p.drift_from_name_zh, p.drift_to, p.drift_to_name, p.drift_to_name_zh, p.first_day, p.last_day,
    CASE
        WHEN "lines" = 0 THEN printf('Has bought nothing yet; said to care for %s.', CASE WHEN declared = 1 THEN 'one subject' ELSE declared || ' subjects' END)
        WHEN top_code IS NULL AND confidence IS NULL THEN printf('Which subjects are read is not known: %s.', CASE WHEN "lines" = 1 THEN 'the one line is of a title without a class' ELSE 'the ' || format('{:,}', "lines") || ' lines are of titles without a class' END)
        WHEN top_code IS NULL THEN printf('Reads what customers alike read, as far as %s.', CASE WHEN "lines" = 1 THEN 'one line tells' ELSE format('{:,}', "lines") || ' lines tell' END)
        ELSE printf('%s %s (%s): %.0f %% of reading against %.0f %% of customers alike, from %s', CASE certainty WHEN 'high' THEN 'Reads mostly' WHEN 'fair' THEN 'Probably prefers' ELSE 'Perhaps prefers' END,
                    coalesce(top_name, top_code), top_code, CAST(100 * share AS DOUBLE), CAST(100 * base AS DOUBLE), CASE WHEN "lines" = 1 THEN 'one line' ELSE format('{:,}', "lines") || ' lines' END || CASE WHEN top_declared THEN ' and what it declared' ELSE '' END)
             || coalesce('; next ' || second_name || ' (' || second_code || ')', '') || coalesce(printf('; %.1f subjects wide', CAST(breadth AS DOUBLE)), '')
             || CASE WHEN has_drifted THEN printf('; since %s more of %s and less of %s', strftime(drift_date, '%Y-%m'), coalesce(drift_to, 'others'), coalesce(drift_from, 'others')) ELSE '' END || '.' END AS sentence,
    CASE
        WHEN "lines" = 0 THEN printf('尚未购买；自述关注 %d 个学科。', declared)
        WHEN top_code IS NULL AND confidence IS NULL THEN printf('阅读学科不详：%s 行订单的书目均无分类。', format('{:,}', "lines"))
        WHEN top_code IS NULL THEN printf('就 %d 行订单看，与同类客户所读无异。', "lines")
        ELSE printf('%s%s（%s）：占阅读 %.0f %%，同类客户 %.0f %%，依据 %s 行订单%s', CASE certainty WHEN 'high' THEN '主要阅读' WHEN 'fair' THEN '很可能偏好' ELSE '或许偏好' END,
                    coalesce(top_name_zh, top_code), top_code, CAST(100 * share AS DOUBLE), CAST(100 * base AS DOUBLE), format('{:,}', "lines"), CASE WHEN top_declared THEN '及自述兴趣' ELSE '' END)
             || coalesce('；其次为' || second_name_zh || '（' || second_code || '）', '') || coalesce(printf('；广度 %.1f 个学科', CAST(breadth AS DOUBLE)), '')
             || CASE WHEN has_drifted THEN printf('；自 %s 起多读 %s、少读 %s', strftime(drift_date, '%Y-%m'), coalesce(drift_to, '其他'), coalesce(drift_from, '其他')) ELSE '' END || '。' END AS sentence_zh
FROM profile AS p
ORDER BY p.customer_key;
