-- Textbooks of past terms in time, by how many days before the term they were ordered.
WITH line AS (
    SELECT least(CAST(term_start - order_date AS INTEGER) // 14, 9) AS fortnight, is_term_on_time
    FROM core.fact_order_stage
    WHERE is_term_due AND order_date < term_start
)
SELECT fortnight, count(*) AS lines, count(CASE WHEN is_term_on_time THEN 1 END) AS on_time
FROM line
GROUP BY fortnight
ORDER BY fortnight DESC
