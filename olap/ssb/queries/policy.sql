-- Revenue by year as a role sees it that may see the customers of Europe only.
SELECT d_year, sum(lo_revenue) AS revenue
FROM ssb.lineorder, ssb.customer, ssb.date
WHERE lo_custkey = c_custkey
  AND lo_orderdate = d_datekey
  AND c_region = 'EUROPE'
GROUP BY d_year
ORDER BY d_year
