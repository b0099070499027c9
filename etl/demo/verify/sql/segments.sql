-- Segments by habits against the latent ways of ordering: the adjusted Rand index
-- (Hubert & Arabie 1985) over customers with habits, and over all that are placed.
WITH placed AS (
    SELECT t.segment AS planted, s.segment AS found, s.is_known
    FROM score.segment s
    JOIN core.dim_customer c ON c.customer_key = s.customer_key
    JOIN truth_customer t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
), cell AS (
    SELECT w.known_only, p.planted, p.found, count(*) AS n
    FROM placed p
    JOIN (VALUES (true), (false)) AS w (known_only) ON p.is_known OR NOT w.known_only
    GROUP BY w.known_only, p.planted, p.found
), pairs AS (
    SELECT known_only, sum(n * (n - 1) / 2.0) AS both, sum(n) AS n FROM cell GROUP BY known_only
), planted AS (
    SELECT known_only, sum(n * (n - 1) / 2.0) AS pairs FROM (SELECT known_only, planted, sum(n) AS n FROM cell GROUP BY known_only, planted) AS g GROUP BY known_only
), found AS (
    SELECT known_only, sum(n * (n - 1) / 2.0) AS pairs FROM (SELECT known_only, found, sum(n) AS n FROM cell GROUP BY known_only, found) AS g GROUP BY known_only
), rand AS (
    SELECT b.known_only, b.n, (b.both - p.pairs * f.pairs / (b.n * (b.n - 1) / 2.0)) / ((p.pairs + f.pairs) / 2 - p.pairs * f.pairs / (b.n * (b.n - 1) / 2.0)) AS value
    FROM pairs b
    JOIN planted p ON p.known_only = b.known_only
    JOIN found f ON f.known_only = b.known_only
)
SELECT CASE WHEN count(DISTINCT t.segment) > 1 THEN printf('%d ways of ordering', count(DISTINCT t.segment)) END AS planted,
       (SELECT printf('adjusted Rand %.2f over %d customers with habits, %.2f over all %d', max(CASE WHEN known_only THEN value END), CAST(max(CASE WHEN known_only THEN n END) AS BIGINT),
               max(CASE WHEN NOT known_only THEN value END), CAST(max(CASE WHEN NOT known_only THEN n END) AS BIGINT)) FROM rand) AS found,
       (SELECT max(value) >= 0.6 FROM rand WHERE known_only) AS accepted
FROM truth_customer t
