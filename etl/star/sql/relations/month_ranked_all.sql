-- The months whose customers are ranked: all up to the as-of month.
CREATE OR REPLACE TEMP TABLE star_month_ranked AS
SELECT month, year_before, cut FROM star_calendar_month WHERE is_past;
