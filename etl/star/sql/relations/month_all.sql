-- The months of the monthly facts that are made: all.
CREATE OR REPLACE TEMP TABLE star_month AS
SELECT b.customer_key, c.month
FROM star_month_bound b
JOIN star_calendar_month c ON c.month BETWEEN b.first_month AND b.last_month;
