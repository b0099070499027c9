-- Preferences as the model would write them: every customer of the fixture, one in
-- five without a favourite, one in seven changed.
CREATE TABLE score.taste_profile AS
SELECT c.customer_key, CAST(2 + c.customer_key % 40 AS BIGINT) AS "lines", 1.0E0 AS weight,
       CASE WHEN c.customer_key % 5 = 0 THEN -1 ELSE k.clc_key END AS top_clc_key, CAST(0.3 AS DOUBLE) AS share, CAST(0.1 AS DOUBLE) AS base, CAST(3 AS DOUBLE) AS affinity,
       CASE WHEN c.customer_key % 5 > 0 THEN 0.5 + 0.125 * (c.customer_key % 4) END AS confidence, CASE WHEN c.customer_key % 4 = 0 THEN 'high' ELSE 'low' END AS certainty,
       c.customer_key % 4 = 0 AS is_certain, CAST(2.5 AS DOUBLE) AS breadth, CAST(1 AS BIGINT) AS declared, CAST(c.customer_key % 2 AS BIGINT) AS declared_unbought,
       c.customer_key % 3 = 0 AS drift_tested, c.customer_key % 21 = 0 AS has_drifted, 0.005 AS drift_p,
       CASE WHEN c.customer_key % 21 = 0 THEN DATE '2025-01-10' + CAST(c.customer_key AS INTEGER) END AS drift_date,
       'O1' AS drift_from, 'Mathematics' AS drift_from_name, '数学' AS drift_from_name_zh, 'K8' AS drift_to, 'Biography' AS drift_to_name, '传记' AS drift_to_name_zh,
       'Reads mostly mathematics (O1).' AS sentence, '主要阅读数学（O1）。' AS sentence_zh
FROM core.dim_customer AS c
JOIN (SELECT clc_key, row_number() OVER (ORDER BY clc_key) - 1 AS place, count(*) OVER () AS n FROM core.dim_clc WHERE clc_key > 0) AS k ON k.place = c.customer_key % k.n
WHERE c.customer_key > 0;
CREATE TABLE score.taste AS
SELECT p.customer_key, 'subject' AS kind, 0 AS level, c.code AS member, p."lines", p.share, p.base, p.affinity
FROM score.taste_profile AS p
JOIN core.dim_clc AS c ON c.clc_key = p.top_clc_key AND c.clc_key > 0;
CREATE TABLE score.taste_demand AS
SELECT clc_key, code, coalesce(name_en, code) AS name, coalesce(name_zh, code) AS name_zh, CAST(40 AS BIGINT) AS "lines", CAST(9 AS BIGINT) AS quotes, CAST(clc_key % 7 AS BIGINT) AS unmet_quotes,
       CAST(2 AS BIGINT) AS quoted_customers, CAST(1 AS BIGINT) AS cancelled_lines, CAST(3 AS BIGINT) AS cancelled_copies, CAST(2 AS BIGINT) AS declared, CAST(1 AS BIGINT) AS unserved, CAST(12 AS BIGINT) AS new_titles
FROM core.dim_clc WHERE clc_key > 0;
