-- Margin by customer nation, with the margin of everything.
SELECT c_nation, sum(lo_revenue) AS revenue, sum(lo_profit) AS profit,
       CAST(sum(lo_profit) AS DOUBLE) / NULLIF(CAST(sum(lo_revenue) AS DOUBLE), 0) AS margin
FROM ssb.lineorder JOIN ssb.customer ON lo_custkey = c_custkey
GROUP BY ROLLUP (c_nation)
ORDER BY c_nation NULLS LAST
