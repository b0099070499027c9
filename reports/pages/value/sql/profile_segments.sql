-- The segments by habits: how many customers each holds, how many of them have
-- habits of their own, and what they bought and brought.
SELECT s.segment, s.name, s.name_zh, count(*) AS customers, sum(CASE WHEN s.is_known THEN 1 ELSE 0 END) AS known,
       sum(c.net) AS net, sum(c.contribution) AS contribution, avg(c.loyalty) AS loyalty, max(p.verdict) AS verdict
FROM score.segment AS s
JOIN score.customer_segment AS c ON c.customer_key = s.customer_key
LEFT JOIN score.segment_profile AS p ON p.segment = s.segment AND p.place = 1
GROUP BY s.segment, s.name, s.name_zh
ORDER BY s.segment
