CREATE OR REPLACE TEMP TABLE sevenp_before (customer_key INTEGER, part_no INTEGER, as_of DATE, score DOUBLE)
