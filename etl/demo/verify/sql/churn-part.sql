-- Customers that were made to leave their favourite subject: in the first quarter looked
-- at after they did, it is left far more often than other subjects are.
WITH favourite AS (
    SELECT t.customer_id, t.onset_date, last(x.clc_code ORDER BY x.valid_from) AS code
    FROM truth_customer AS t
    JOIN truth_taste AS x ON x.customer_id = t.customer_id AND x.rank = 1 AND x.valid_from <= t.onset_date
    WHERE t.mode = 'partial'
    GROUP BY t.customer_id, t.onset_date
), gone AS (
    SELECT c.customer_key, f.onset_date, d.bucket
    FROM favourite AS f
    JOIN core.dim_customer AS c ON c.customer_id = CAST(f.customer_id AS VARCHAR)
    JOIN meta.clc_code AS m ON m.code = f.code
    JOIN core.dim_clc AS d ON d.clc_key = m.clc_key
), seen AS (
    SELECT p.part_after = 0 AS is_left, g.customer_key IS NOT NULL AS planted
    FROM feature.part_churn_past AS p
    LEFT JOIN gone AS g ON g.customer_key = p.customer_key AND g.bucket = p.bucket AND DATE '1970-01-01' + p.origin BETWEEN g.onset_date - 14 AND g.onset_date + 76
    WHERE p.days_after >= 2
), counted AS (
    SELECT count(*) FILTER (planted) AS n, count(*) FILTER (planted AND is_left) AS k, count(*) FILTER (NOT planted) AS others, count(*) FILTER (NOT planted AND is_left) AS m FROM seen
)
SELECT CASE WHEN n >= 4 THEN printf('%d favourite subjects left by those who went on', n) END AS planted,
       printf('%.0f %% of them left, of others %.0f %%', 100.0 * k / greatest(1, n), 100.0 * m / greatest(1, others)) AS found,
       k * others >= 2 * m * n AS accepted
FROM counted
