CREATE OR REPLACE TABLE score.sevenp (customer_key INTEGER, as_of DATE, composite DOUBLE, "before" DOUBLE, before_as_of DATE);
CREATE OR REPLACE TABLE score.sevenp_part (customer_key INTEGER, as_of DATE, part_no INTEGER, score DOUBLE, "before" DOUBLE)
