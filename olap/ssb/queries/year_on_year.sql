-- Each month of 1997 beside the same month of 1996, and both years to the end
-- of the month.
WITH monthly AS (
    SELECT d_year, d_monthnuminyear, d_yearmonth, CAST(sum(lo_revenue) AS BIGINT) AS revenue
    FROM ssb.lineorder JOIN ssb.date ON lo_orderdate = d_datekey
    WHERE lo_orderdate BETWEEN 19960101 AND 19971231
    GROUP BY d_year, d_monthnuminyear, d_yearmonth
), dated AS (
    SELECT *, sum(revenue) OVER (PARTITION BY d_year ORDER BY d_monthnuminyear) AS to_date FROM monthly
)
SELECT a.d_yearmonth, a.revenue, b.revenue AS last_year,
       CAST(a.revenue - b.revenue AS DOUBLE) / NULLIF(abs(b.revenue), 0) AS change,
       a.to_date, b.to_date AS last_year_to_date
FROM dated AS a LEFT JOIN dated AS b ON b.d_year = a.d_year - 1 AND b.d_monthnuminyear = a.d_monthnuminyear
WHERE a.d_year = 1997
ORDER BY a.d_monthnuminyear
