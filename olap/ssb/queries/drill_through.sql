-- The first hundred order lines behind one cell.
SELECT lo_orderkey, lo_linenumber, d_day, c_name, s_name, p_name, lo_quantity, lo_revenue
FROM ssb.lineorder, ssb.customer, ssb.supplier, ssb.part, ssb.date
WHERE lo_custkey = c_custkey
  AND lo_suppkey = s_suppkey
  AND lo_partkey = p_partkey
  AND lo_orderdate = d_datekey
  AND c_nation = 'CHINA'
  AND p_category = 'MFGR#12'
  AND d_year = 1997
ORDER BY lo_orderkey, lo_linenumber
LIMIT 100
