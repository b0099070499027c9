-- Changes of the favourite that can be seen: the customer was tested and bought
-- at least ten subjects by day before and after the change, and neither class is
-- one that all customers moved to.
WITH truth AS (
    SELECT customer_id, first(clc_code ORDER BY valid_from, weight) AS before, last(clc_code ORDER BY valid_from, weight) AS after, max(valid_from) AS changed
    FROM truth_taste WHERE rank = 1 GROUP BY customer_id HAVING count(*) = 2
), seen AS (
    SELECT p.customer_key, t.changed, p.has_drifted, p.drift_date, p.drift_from, p.drift_to, a.code AS old, b.code AS new
    FROM truth t
    JOIN core.dim_customer c ON c.customer_id = CAST(t.customer_id AS VARCHAR)
    JOIN score.taste_profile p ON p.customer_key = c.customer_key AND p.drift_tested
    JOIN meta.clc_code x ON x.code = t.before
    JOIN meta.clc_code y ON y.code = t.after
    JOIN core.dim_clc a ON a.clc_key = x.clc_key
    JOIN core.dim_clc b ON b.clc_key = y.clc_key
    WHERE a.clc_key <> b.clc_key AND a.code NOT IN (SELECT member FROM feature.taste_rising) AND b.code NOT IN (SELECT member FROM feature.taste_rising)
), bought AS (
    SELECT s.customer_key, count(DISTINCT l.day || a.member) FILTER (WHERE l.day < s.changed) AS before, count(DISTINCT l.day || a.member) FILTER (WHERE l.day >= s.changed) AS after
    FROM seen s
    JOIN feature.taste_line l ON l.customer_key = s.customer_key
    JOIN feature.taste_attribute a ON a.title_key = l.title_key AND a.kind = 'subject' AND a.member NOT IN (SELECT member FROM feature.taste_rising)
    GROUP BY s.customer_key
), counted AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE s.has_drifted) AS found, count(*) FILTER (WHERE s.has_drifted AND abs(date_diff('day', s.changed, s.drift_date)) <= 180) AS dated,
           count(*) FILTER (WHERE s.has_drifted AND (s.drift_from = s.old OR s.drift_to = s.new)) AS named
    FROM seen s JOIN bought b ON b.customer_key = s.customer_key WHERE b.before >= 10 AND b.after >= 10
)
SELECT CASE WHEN n >= 3 THEN printf('%d changes with enough bought on both sides', n) END AS planted,
       printf('%d found, %d dated within half a year, %d with the right class', found, dated, named) AS found,
       found * 2 >= n AND dated * 10 >= found * 6 AND named * 10 >= found * 6 AS accepted
FROM counted
