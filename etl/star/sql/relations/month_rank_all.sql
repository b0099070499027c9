-- The places are kept, for the states of the months after and for the next build.
CREATE OR REPLACE TABLE meta.star_month_rank AS
SELECT customer_key, month, tier_no, r, f, m FROM star_month_rank ORDER BY month, customer_key;
