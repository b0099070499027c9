-- The months of the monthly facts that are made: those of a span of days.
CREATE OR REPLACE TEMP TABLE star_month AS
SELECT b.customer_key, c.month, b.first_month, c.month_before, c.year_before, c.two_years_before, c.cut, c.is_past
FROM due.key_slice k
JOIN star_month_bound b ON b.customer_key = k.customer_key
JOIN star_calendar_month c ON c.month = k.month AND c.month BETWEEN b.first_month AND b.last_month;
