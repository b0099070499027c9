-- How many customers each advice is for, and how many were judged by quotations: the
-- others by what they paid and took.
SELECT count(*) AS customers, count(CASE WHEN p.is_discount THEN 1 END) AS discount, count(CASE WHEN p.is_serve THEN 1 END) AS serve, count(p.accepted) AS quoted
FROM score.price AS p
