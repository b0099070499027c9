-- Textbooks of the autumn term in time, by the days on which they were ordered.
WITH line AS (
    SELECT f.is_term_on_time, strftime(d.date, '%m%d') AS ordered
    FROM core.fact_order_stage f
    JOIN core.dim_date d ON d.date_key = f.date_key
    WHERE f.is_term_due AND EXTRACT(month FROM f.term_start) IN (8, 9)
), share AS (
    SELECT avg(CASE WHEN is_term_on_time THEN 1.0 ELSE 0.0 END) FILTER (WHERE ordered BETWEEN '0501' AND '0531') AS may,
           avg(CASE WHEN is_term_on_time THEN 1.0 ELSE 0.0 END) FILTER (WHERE ordered BETWEEN '0601' AND '0615') AS june,
           avg(CASE WHEN is_term_on_time THEN 1.0 ELSE 0.0 END) FILTER (WHERE ordered BETWEEN '0716' AND '0731') AS july
    FROM line
)
SELECT (SELECT 'last safe day in mid-June' FROM truth_events WHERE code = 'textbook_deadline') AS planted,
       printf('May %.0f %%, early June %.0f %%, late July %.0f %%', 100 * may, 100 * june, 100 * july) AS found,
       may >= 0.9 AND june >= 0.9 AND july <= 0.7 AS accepted
FROM share
