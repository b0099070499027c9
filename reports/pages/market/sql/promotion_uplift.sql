-- Whom to contact, by tenth of the lift predicted.
SELECT u.decile, count(*) AS customers, count(CASE WHEN u.contact THEN 1 END) AS contact, avg(u.predicted_lift) AS lift, sum(u.profit) AS profit, count(DISTINCT u.predicted_lift) AS lifts
FROM score.uplift AS u
GROUP BY u.decile
ORDER BY u.decile
