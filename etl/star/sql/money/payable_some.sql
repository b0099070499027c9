-- From which day on the balances of a supplier are made anew: that of the first
-- change, and the first day that was not kept in the last build.
CREATE OR REPLACE TEMP TABLE star_payable_from AS
WITH new_day AS (
    SELECT min(d.day) AS day
    FROM star_balance_day d
    JOIN due.moved_balance_day m ON m.date_key = d.date_key
)
SELECT supplier_key, min(day) AS day
FROM (
    SELECT supplier_key, day FROM due.moved_payable_event
    UNION ALL
    SELECT s.supplier_key, n.day
    FROM (SELECT DISTINCT supplier_key FROM star_payable_event) s
    JOIN new_day n ON n.day IS NOT NULL
) f
GROUP BY supplier_key;
