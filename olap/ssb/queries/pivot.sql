-- The same pivot with all its subtotals, those of the years included; the finest
-- level is computed once and the others from it.
WITH finest AS MATERIALIZED (
    SELECT c_region, c_nation, p_category, d_year, CAST(sum(lo_revenue) AS BIGINT) AS revenue
    FROM ssb.lineorder, ssb.customer, ssb.part, ssb.date
    WHERE lo_custkey = c_custkey
      AND lo_partkey = p_partkey
      AND lo_orderdate = d_datekey
    GROUP BY c_region, c_nation, p_category, d_year
)
SELECT c_region, c_nation, p_category,
       sum(revenue) FILTER (WHERE d_year = 1992) AS "1992",
       sum(revenue) FILTER (WHERE d_year = 1993) AS "1993",
       sum(revenue) FILTER (WHERE d_year = 1994) AS "1994",
       sum(revenue) FILTER (WHERE d_year = 1995) AS "1995",
       sum(revenue) FILTER (WHERE d_year = 1996) AS "1996",
       sum(revenue) FILTER (WHERE d_year = 1997) AS "1997",
       sum(revenue) FILTER (WHERE d_year = 1998) AS "1998",
       sum(revenue) AS total
FROM finest
GROUP BY ROLLUP (c_region, c_nation, p_category)
ORDER BY c_region NULLS LAST, c_nation NULLS LAST, p_category NULLS LAST
