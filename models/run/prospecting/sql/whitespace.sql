CREATE OR REPLACE TABLE score.whitespace AS
WITH placed AS (
    SELECT w.*, row_number() OVER (PARTITION BY w.customer_key ORDER BY w.expected_value DESC, w.peer_share DESC, w.bucket) AS place
    FROM feature.whitespace AS w
    WHERE w.is_listed
), class AS (
    SELECT c.bucket, min(c.bucket_name_en) AS name, min(c.bucket_name_zh) AS name_zh
    FROM core.dim_clc AS c
    GROUP BY c.bucket
)
SELECT p.customer_key, CAST(p.place AS INTEGER) AS "place", p.bucket, coalesce(c.name, p.bucket) AS "class", coalesce(c.name_zh, p.bucket) AS "class_zh",
       p.peers, p.buyers, p.peer_share, p.expected_lines, p.expected_value,
       CAST(CAST(round(100 * p.peer_share) AS INTEGER) AS VARCHAR) || ' % of ' || CAST(p.peers AS VARCHAR) || ' ' || p.customer_type || CASE WHEN p.size_no > 0 THEN ' customers of its size' ELSE ' customers' END || ' buy it; it would have ' || CAST(CAST(round(p.expected_lines) AS INTEGER) AS VARCHAR) || ' lines and has none in 24 months' AS "reason",
       '同类' || CASE WHEN p.size_no > 0 THEN '同规模' ELSE '' END || '客户 ' || CAST(p.peers AS VARCHAR) || ' 个中 ' || CAST(CAST(round(100 * p.peer_share) AS INTEGER) AS VARCHAR) || ' % 购买该类；本应有 ' || CAST(CAST(round(p.expected_lines) AS INTEGER) AS VARCHAR) || ' 行，24 个月内一行也没有' AS "reason_zh"
FROM placed AS p
LEFT JOIN class AS c ON c.bucket = p.bucket
WHERE p.place <= CAST(? AS INTEGER)
ORDER BY p.customer_key, p.place
