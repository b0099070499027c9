-- core.dim_employee_version: our people as they were (type 2): department, manager, territory.
-- A version begins on the as-of date of the run that first showed it, the first
-- one long before; each ends where the next begins. The last one is that of
-- stage.employee.
CREATE OR REPLACE TABLE core.dim_employee_version AS
WITH last AS (
    SELECT employee_id, max(_from) AS since FROM stage.employee_version GROUP BY employee_id
), earlier AS (
    SELECT h.employee_id, h._from AS since, h.dept, h.manager_id, h.territory,
           row_number() OVER (PARTITION BY h.employee_id, h._from ORDER BY h.dept NULLS LAST, h.manager_id NULLS LAST, h.territory NULLS LAST) AS place
    FROM stage.employee_version h
    JOIN last l ON l.employee_id = h.employee_id AND coalesce(h._from, DATE '1900-01-01') < l.since
), told AS (
    SELECT CAST(s.employee_id AS VARCHAR) AS id, l.since, true AS is_last, s.dept, s.manager_id, s.territory
    FROM stage.employee s
    LEFT JOIN last l ON l.employee_id = s.employee_id
    UNION ALL
    SELECT CAST(e.employee_id AS VARCHAR), e.since, false, e.dept, e.manager_id, e.territory
    FROM earlier e
    WHERE e.place = 1
), numbered AS (
    SELECT m.employee_key, m.employee_id AS id, m.name, t.since, t.dept, t.manager_id, t.territory,
           row_number() OVER (PARTITION BY m.employee_key ORDER BY t.since NULLS FIRST, t.is_last) AS n
    FROM core.dim_employee m
    LEFT JOIN told t ON t.id = m.employee_id
    WHERE m.employee_key > 0
), begun AS (
    SELECT t.employee_key, t.id, t.name, CASE WHEN t.n = 1 THEN DATE '1900-01-01' ELSE t.since END AS valid_from, t.dept, t.manager_id, t.territory
    FROM numbered t
    LEFT JOIN numbered p ON p.employee_key = t.employee_key AND p.n = t.n - 1
    WHERE p.n IS NULL
       OR p.dept IS DISTINCT FROM t.dept
       OR p.manager_id IS DISTINCT FROM t.manager_id
       OR p.territory IS DISTINCT FROM t.territory
), period AS (
    SELECT b.employee_key, b.id, b.name, b.valid_from,
           coalesce(lead(b.valid_from) OVER (PARTITION BY b.employee_key ORDER BY b.valid_from), DATE '9999-12-31') AS valid_to, b.dept, b.manager_id, b.territory
    FROM begun b
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, v.employee_key, v.valid_from) AS INTEGER) AS version_key,
       v.employee_key, v.valid_from, v.valid_to, v.valid_to = DATE '9999-12-31' AS is_current, v.id AS employee_id, v.name,
       v.dept, coalesce(p.employee_key, -1) AS manager_key, v.territory
FROM period v
LEFT JOIN star_employee p ON p.employee_id = v.manager_id
LEFT JOIN meta.star_key place ON place.dim = 'employee_version' AND place.id = v.id || ' ' || CAST(v.valid_from AS VARCHAR)
UNION ALL
SELECT -1, -1, DATE '1900-01-01', DATE '9999-12-31', true, NULL, '(unknown)', '(unknown)', -1, NULL
ORDER BY version_key;
