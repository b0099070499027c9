-- The first hundred order lines behind one cell, with what the cube lists of a
-- fact: its date, key and amounts.
SELECT c_nation, p_category, d_year, lo_orderkey, lo_quantity, lo_revenue, lo_supplycost, lo_discounted, lo_profit
FROM ssb.lineorder, ssb.customer, ssb.part, ssb.date
WHERE lo_custkey = c_custkey
  AND lo_partkey = p_partkey
  AND lo_orderdate = d_datekey
  AND c_nation = 'CHINA'
  AND p_category = 'MFGR#12'
  AND d_year = 1997
ORDER BY lo_orderdate, lo_orderkey, lo_quantity, lo_revenue, lo_supplycost, lo_discounted, lo_profit
LIMIT 100
