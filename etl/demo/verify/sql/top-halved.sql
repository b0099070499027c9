-- The largest customers of the last year that are halved in score.top_customer.
WITH planted AS (
    SELECT CAST(id AS VARCHAR) AS id FROM truth_events WHERE code = 'big_customer' AND subject = 'halved'
), found AS (
    SELECT c.customer_id AS id FROM score.top_customer t JOIN core.dim_customer c ON c.customer_key = t.customer_key WHERE t.status = 'halved'
)
SELECT (SELECT CASE WHEN count(*) > 0 THEN count(*) || ' halved' END FROM planted) AS planted,
       printf('%d, of them planted %d', (SELECT count(*) FROM found), (SELECT count(*) FROM found WHERE id IN (SELECT id FROM planted))) AS found,
       (SELECT count(*) FROM found) = (SELECT count(*) FROM planted) AND NOT EXISTS (SELECT id FROM planted WHERE id NOT IN (SELECT id FROM found)) AS accepted
