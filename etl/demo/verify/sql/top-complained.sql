-- The largest customers of the last year with complaints in score.top_customer, down
-- to the last planted one: below, others really complained too.
WITH planted AS (
    SELECT CAST(e.id AS VARCHAR) AS id, t."rank"
    FROM truth_events e
    LEFT JOIN core.dim_customer c ON c.customer_id = CAST(e.id AS VARCHAR)
    LEFT JOIN score.top_customer t ON t.customer_key = c.customer_key
    WHERE e.code = 'big_customer' AND e.subject = 'complained'
), found AS (
    SELECT c.customer_id AS id FROM score.top_customer t JOIN core.dim_customer c ON c.customer_key = t.customer_key
    WHERE t.complaints > 0 AND t."rank" <= (SELECT max("rank") FROM planted)
)
SELECT (SELECT CASE WHEN count(*) > 0 THEN count(*) || ' complained' END FROM planted) AS planted,
       printf('%d, of them planted %d', (SELECT count(*) FROM found), (SELECT count(*) FROM found WHERE id IN (SELECT id FROM planted))) AS found,
       (SELECT count(*) FROM found) = (SELECT count(*) FROM planted) AND NOT EXISTS (SELECT id FROM planted WHERE id NOT IN (SELECT id FROM found)) AS accepted
