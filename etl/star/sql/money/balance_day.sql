-- The days whose open balances are kept: so many days up to the as-of date, and
-- the month ends before them from the first invoice on.
CREATE OR REPLACE TEMP TABLE star_balance_day AS
WITH bound AS (
    SELECT p.as_of, p.as_of - CAST(g.value AS INTEGER) AS before_day
    FROM meta.star_parameter p
    JOIN star_given g ON g.subject = 'balance_days'
), first AS (
    SELECT min(day) AS day
    FROM (
        SELECT min(inv_date) AS day FROM star_invoice WHERE refused IS NULL
        UNION ALL
        SELECT min(inv_date) FROM star_supplier_invoice WHERE refused IS NULL
    ) f
)
SELECT d.date_key, d.date AS day
FROM core.dim_date d
CROSS JOIN bound b
CROSS JOIN first f
WHERE d.date >= f.day AND d.date <= b.as_of AND (d.date > b.before_day OR EXTRACT(day FROM d.date + 1) = 1);
