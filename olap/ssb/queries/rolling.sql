-- The twelve months that end with each month of 1997.
WITH monthly AS (
    SELECT d_yearmonthnum, d_yearmonth, CAST(sum(lo_revenue) AS BIGINT) AS revenue
    FROM ssb.lineorder JOIN ssb.date ON lo_orderdate = d_datekey
    WHERE lo_orderdate BETWEEN 19960101 AND 19971231
    GROUP BY d_yearmonthnum, d_yearmonth
), rolled AS (
    SELECT *, sum(revenue) OVER (ORDER BY d_yearmonthnum ROWS BETWEEN 11 PRECEDING AND CURRENT ROW) AS twelve FROM monthly
)
SELECT d_yearmonth, revenue, twelve
FROM rolled
WHERE d_yearmonthnum >= 199701
ORDER BY d_yearmonthnum
