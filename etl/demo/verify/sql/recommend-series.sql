-- Next volumes behind something else are counted as out of place.
SELECT 'first' AS planted,
       printf('%d next volumes for %d customers, %d out of place', v.lines, v.customers, v.late) AS found,
       v.late = 0 AND v.lines > 0 AS accepted
FROM (
    SELECT count(*) FILTER (WHERE r.is_next) AS lines, count(DISTINCT r.customer_key) FILTER (WHERE r.is_next) AS customers,
           count(*) FILTER (WHERE r.is_next AND r.rank > f.others) AS late
    FROM score.recommendation AS r
    INNER JOIN (SELECT customer_key, list, min(CASE WHEN NOT is_next THEN rank ELSE 1000 END) AS others FROM score.recommendation GROUP BY customer_key, list) AS f
        ON f.customer_key = r.customer_key AND f.list = r.list
) AS v
