-- score.sevenp: the seven scores side by side, their weighted mean over those that
-- are known, its place within the customer's type, its change since the last
-- earlier run, and the service that is suggested.
CREATE OR REPLACE TABLE score.sevenp AS
WITH weighted AS (
    SELECT p.customer_key,
           max(CASE WHEN p.part_no = 1 THEN p.score END) AS profiling,
           max(CASE WHEN p.part_no = 2 THEN p.score END) AS persistency,
           max(CASE WHEN p.part_no = 3 THEN p.score END) AS profitability,
           max(CASE WHEN p.part_no = 4 THEN p.score END) AS performance,
           max(CASE WHEN p.part_no = 5 THEN p.score END) AS prospecting,
           max(CASE WHEN p.part_no = 6 THEN p.score END) AS product,
           max(CASE WHEN p.part_no = 7 THEN p.score END) AS promotion,
           CAST(sum(CAST(p.score AS DECIMAL(9, 1)) * w.weight) AS DOUBLE) / CAST(sum(w.weight) AS DOUBLE) AS composite,
           CAST(count(*) AS INTEGER) AS parts
    FROM score.sevenp_part AS p
    INNER JOIN temp.main.fitted AS w ON w.part_no = p.part_no
    GROUP BY p.customer_key
), placed AS (
    SELECT w.customer_key, w.profiling, w.persistency, w.profitability, w.performance, w.prospecting, w.product, w.promotion,
           round(w.composite, 1) AS composite, w.parts, f.tier, f.status, f.contribution, f.customer_type,
           rank() OVER kin - 1 + (count(*) OVER alike - 1) / 2.0 AS below, count(*) OVER (PARTITION BY f.customer_type) AS n
    FROM weighted AS w
    INNER JOIN feature.sevenp AS f ON f.customer_key = w.customer_key
    WINDOW kin AS (PARTITION BY f.customer_type ORDER BY round(w.composite, 1)), alike AS (PARTITION BY f.customer_type, round(w.composite, 1))
), suggested AS (
    SELECT
        p.customer_key,
        r.as_of,
        p.tier AS "tier",
        p.profiling, p.persistency, p.profitability, p.performance, p.prospecting, p.product, p.promotion,
        p.composite,
        p.parts,
        round(CASE WHEN p.n > 1 THEN 100 * CAST(p.below AS DOUBLE) / (p.n - 1) ELSE 50 END, 1) AS "percentile",
        b.as_of AS "before_as_of",
        b.score AS "before",
        round(p.composite - b.score, 1) AS "change",
        CASE
            WHEN p.tier IN ('top', 'major') AND p.status IN ('dormant', 'lost') THEN 'win_back'
            WHEN p.contribution < 0 AND p.tier IN ('top', 'major', 'ordinary') THEN 'renegotiate'
            WHEN p.contribution < 0 THEN 'cut_cost'
            WHEN p.tier = 'top' THEN 'key_account'
            WHEN p.tier = 'major' THEN 'account_manager'
            WHEN p.tier = 'ordinary' AND p.prospecting >= p.profitability + 10 THEN 'develop'
            WHEN p.tier = 'ordinary' THEN 'desk'
            WHEN p.tier = 'inactive' THEN 'let_rest'
            ELSE 'self_service'
        END AS "policy"
    FROM placed AS p
    CROSS JOIN meta.run AS r
    LEFT JOIN temp.main.sevenp_before AS b ON b.customer_key = p.customer_key AND b.part_no = 0
)
SELECT s.customer_key, s.as_of, s.tier, s.profiling, s.persistency, s.profitability, s.performance, s.prospecting, s.product, s.promotion,
    s.composite, s.parts, s.percentile, s.before_as_of, s."before", s.change, CAST(v.policy_no AS INTEGER) AS "policy_no", s.policy
FROM suggested AS s
INNER JOIN score.service_policy AS v ON v.policy = s.policy
ORDER BY s.customer_key
