-- Share of net sales of the window that the first 1, 5 and 20 % of the customers
-- who bought in it hold.
WITH found AS (
    SELECT max(CASE WHEN share_of_customers = 0.01 THEN share_of_value END) AS top1, max(CASE WHEN share_of_customers = 0.05 THEN share_of_value END) AS top5,
           max(CASE WHEN share_of_customers = 0.2 THEN share_of_value END) AS top20,
           CASE WHEN max(CASE WHEN share_of_customers = 0.01 THEN customers END) < 10 THEN 0.15 ELSE 0.1 END AS near
    FROM score.concentration
    WHERE basis = 'revenue'
)
SELECT '36, 58 and 85 %' AS planted,
       printf('%.0f, %.0f and %.0f %%', 100 * top1, 100 * top5, 100 * top20) AS found,
       abs(top1 - 0.365) <= near AND abs(top5 - 0.582) <= near AND abs(top20 - 0.851) <= 0.05 AS accepted
FROM found
