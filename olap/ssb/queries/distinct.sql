-- Different customers by supplier region and nation and year, at every level of
-- subtotals.
SELECT s_region, s_nation, d_year, count(DISTINCT lo_custkey) AS customers
FROM ssb.lineorder, ssb.supplier, ssb.date
WHERE lo_suppkey = s_suppkey
  AND lo_orderdate = d_datekey
GROUP BY ROLLUP (s_region, s_nation, d_year)
ORDER BY s_region NULLS LAST, s_nation NULLS LAST, d_year NULLS LAST
