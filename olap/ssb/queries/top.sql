-- The ten cities with the most revenue, all others together, and everything.
WITH city AS MATERIALIZED (
    SELECT c_city, CAST(sum(lo_revenue) AS BIGINT) AS revenue, CAST(sum(lo_profit) AS BIGINT) AS profit
    FROM ssb.lineorder JOIN ssb.customer ON lo_custkey = c_custkey
    GROUP BY c_city
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY revenue DESC, c_city) AS place FROM city
), placed AS (
    SELECT CASE WHEN place <= 10 THEN c_city ELSE '(others)' END AS city, least(place, 11) AS place, revenue, profit FROM ranked
)
SELECT city, sum(revenue) AS revenue, CAST(sum(profit) AS DOUBLE) / NULLIF(CAST(sum(revenue) AS DOUBLE), 0) AS margin
FROM placed
GROUP BY GROUPING SETS ((city, place), ())
ORDER BY place NULLS LAST
