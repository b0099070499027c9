-- The segments by habits of the customers that are open to the reader; whether they
-- are found again elsewhere is known of all customers only.
SELECT s.segment, s.name, s.name_zh, count(*) AS customers, sum(CASE WHEN s.is_known THEN 1 ELSE 0 END) AS known,
       sum(c.net) AS net, sum(c.contribution) AS contribution, avg(c.loyalty) AS loyalty, '' AS verdict
FROM score.segment AS s
JOIN score.customer_segment AS c ON c.customer_key = s.customer_key
GROUP BY s.segment, s.name, s.name_zh
ORDER BY s.segment
