-- feature.whitespace: subjects that a customer of enough lines never bought in 24
-- months though many of its like did. Alike are customers of one type and size
-- with as many lines; where they are fewer than 20, those of one type.
--   peer_share      share of them that bought the subject
--   expected_lines  lines it would have there if it bought as they do
--   expected_value  the same in net sales a year
--   is_listed       bought by a quarter of them or more, and more lines expected
--                   than chance would leave out in four of five cases
WITH customer AS (
    SELECT w.customer_key, sum(w.lines) AS lines, sum(w.net) AS net
    FROM feature.whitespace_cell AS w
    GROUP BY w.customer_key
), enough AS (
    SELECT k.customer_key, k.lines, k.net, b.customer_type, b.size_no,
           count(*) OVER (PARTITION BY b.customer_type, b.size_no) AS alike
    FROM customer AS k
    INNER JOIN feature.wallet_base AS b ON b.customer_key = k.customer_key
    WHERE k.lines >= 5 AND k.net > 0
), placed AS (
    SELECT e.customer_key, e.lines, e.net, e.customer_type, CASE WHEN e.alike >= 20 THEN e.size_no ELSE -1 END AS size_no FROM enough AS e
), member AS (
    SELECT e.customer_type, e.size_no, e.customer_key, e.lines, e.net FROM enough AS e WHERE e.alike >= 20
    UNION ALL
    SELECT e.customer_type, -1, e.customer_key, e.lines, e.net FROM enough AS e
), whole AS (
    SELECT m.customer_type, m.size_no, count(*) AS peers, sum(m.lines) AS lines, sum(m.net) AS net
    FROM member AS m GROUP BY m.customer_type, m.size_no
), part AS (
    SELECT m.customer_type, m.size_no, w.bucket, count(*) AS buyers, sum(w.lines) AS lines, sum(w.net) AS net
    FROM member AS m
    INNER JOIN feature.whitespace_cell AS w ON w.customer_key = m.customer_key
    GROUP BY m.customer_type, m.size_no, w.bucket
), empty AS (
    SELECT p.customer_key, p.customer_type, p.size_no, t.bucket, w.peers, t.buyers,
           CAST(t.buyers AS DOUBLE) / w.peers AS peer_share,
           CAST(p.lines AS DOUBLE) * CAST(t.lines AS DOUBLE) / CAST(w.lines AS DOUBLE) AS expected_lines,
           CAST(p.net AS DOUBLE) / 2 * CAST(t.net AS DOUBLE) / CAST(w.net AS DOUBLE) AS expected_value
    FROM placed AS p
    INNER JOIN whole AS w ON w.customer_type = p.customer_type AND w.size_no = p.size_no
    INNER JOIN part AS t ON t.customer_type = p.customer_type AND t.size_no = p.size_no
    LEFT JOIN feature.whitespace_cell AS own ON own.customer_key = p.customer_key AND own.bucket = t.bucket
    WHERE own.customer_key IS NULL AND w.peers >= 20 AND t.net > 0
)
SELECT e.customer_key, e.bucket, e.customer_type, e.size_no, CAST(e.peers AS INTEGER) AS "peers", CAST(e.buyers AS INTEGER) AS "buyers", e.peer_share, e.expected_lines,
       CAST(e.expected_value AS DECIMAL(18, 4)) AS "expected_value",
       e.peer_share >= 0.25 AND e.expected_lines >= 1.6 AS "is_listed"
FROM empty AS e
ORDER BY e.customer_key, e.bucket
