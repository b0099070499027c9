-- How many customers each advice is for.
SELECT count(*) AS customers, count(CASE WHEN p.is_discount THEN 1 END) AS discount, count(CASE WHEN p.is_serve THEN 1 END) AS serve
FROM score.price AS p
