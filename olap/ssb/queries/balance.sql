-- What is owed at the end of each year by region; a subtotal over years is what
-- is owed at the end of the last.
WITH dated AS (
    SELECT c_region, d_year, b_datekey, CAST(sum(b_balance) AS BIGINT) AS balance
    FROM ssb.balance, ssb.customer, ssb.date
    WHERE b_custkey = c_custkey
      AND b_datekey = d_datekey
      AND b_datekey IN (SELECT max(b_datekey) FROM ssb.balance JOIN ssb.date ON b_datekey = d_datekey GROUP BY d_year)
    GROUP BY c_region, d_year, b_datekey
), last AS (
    SELECT max(b_datekey) AS day FROM dated
)
SELECT c_region, d_year, balance FROM dated
UNION ALL
SELECT c_region, NULL, sum(balance) FROM dated, last WHERE b_datekey = day GROUP BY GROUPING SETS ((c_region), ())
ORDER BY c_region NULLS LAST, d_year NULLS LAST
