-- The list by salesperson, with the three customers each is to call first of those
-- that are not held out.
WITH called AS (
    SELECT w.employee_key, w.customer_key, row_number() OVER (PARTITION BY w.employee_key ORDER BY w.place) AS place
    FROM score.watchlist AS w
    WHERE NOT w.is_holdout
), named AS (
    SELECT k.employee_key, max(CASE WHEN k.place = 1 THEN c.customer_id END) AS id_1, max(CASE WHEN k.place = 1 THEN c.name END) AS name_1, max(CASE WHEN k.place = 1 THEN c.customer_type END) AS type_1,
           max(CASE WHEN k.place = 2 THEN c.customer_id END) AS id_2, max(CASE WHEN k.place = 2 THEN c.name END) AS name_2, max(CASE WHEN k.place = 2 THEN c.customer_type END) AS type_2,
           max(CASE WHEN k.place = 3 THEN c.customer_id END) AS id_3, max(CASE WHEN k.place = 3 THEN c.name END) AS name_3, max(CASE WHEN k.place = 3 THEN c.customer_type END) AS type_3
    FROM called AS k
    INNER JOIN core.dim_customer AS c ON c.customer_key = k.customer_key
    WHERE k.place <= 3
    GROUP BY k.employee_key
)
SELECT e.name, count(*), count(CASE WHEN w.is_holdout THEN 1 END), sum(w.value_at_risk), sum(CASE WHEN NOT w.is_holdout THEN w.expected_gain END),
       max(n.id_1), max(n.name_1), max(n.type_1), max(n.id_2), max(n.name_2), max(n.type_2), max(n.id_3), max(n.name_3), max(n.type_3)
FROM score.watchlist AS w
LEFT JOIN core.dim_employee AS e ON e.employee_key = w.employee_key AND e.employee_key <> -1
LEFT JOIN named AS n ON n.employee_key = w.employee_key
GROUP BY w.employee_key, e.name
ORDER BY sum(w.value_at_risk) DESC, w.employee_key
