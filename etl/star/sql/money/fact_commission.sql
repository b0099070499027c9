-- core.fact_commission: one row a commission, in report currency; it counts in
-- the last month of its period (date_key is its first day).
CREATE OR REPLACE TEMP TABLE star_commission AS
WITH said AS (
    SELECT source, _row, employee_id, upper(trim(period)) AS period, base, rate, amount, coalesce(is_deleted, false) AS is_deleted,
           CAST(to_json(x) AS VARCHAR) AS raw
    FROM due.commission x
), timed AS (
    SELECT source, _row, employee_id, period, base, rate, amount, is_deleted, raw,
           TRY_CAST(substr(period, 1, 4) AS INTEGER) AS year,
           CASE WHEN regexp_matches(period, '^[0-9]{4}年?$') THEN 12
                WHEN regexp_matches(period, '^[0-9]{4}[-/ ]?H[12]$') THEN CAST(right(period, 1) AS INTEGER) * 6
                WHEN regexp_matches(period, '^[0-9]{4}[-/ ]?Q[1-4]$') THEN CAST(right(period, 1) AS INTEGER) * 3
                WHEN regexp_matches(period, '^[0-9]{4}(0[1-9]|1[0-2]|[-/.年](0?[1-9]|1[0-2])月?)$')
                THEN CAST(regexp_extract(substr(period, 5), '([0-9]+)月?$', 1) AS INTEGER) END AS month
    FROM said
)
SELECT t.source, t._row, t.employee_id, t.period, t.base, t.rate, t.amount, t.raw, d.date_key,
       CASE WHEN t.is_deleted THEN 'deleted in source'
            WHEN t.year IS NULL OR t.month IS NULL THEN 'period: not a year, half, quarter or month'
            WHEN d.date_key IS NULL THEN 'period: outside the calendar' END AS refused
FROM timed t
LEFT JOIN core.dim_date d ON d.date_key = t.year * 10000 + t.month * 100 + 1;

CREATE OR REPLACE TABLE core.fact_commission AS
SELECT x.date_key, x.period, x.employee_id, coalesce(e.employee_key, -1) AS employee_key, x.base, x.rate, x.amount, x.source, x._row AS source_row
FROM star_commission x
LEFT JOIN star_employee e ON e.employee_id = x.employee_id
WHERE x.refused IS NULL
ORDER BY x.date_key, employee_key, x.source NULLS LAST, source_row NULLS LAST, x.amount;
