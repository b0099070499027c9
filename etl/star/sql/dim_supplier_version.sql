-- core.dim_supplier_version: suppliers as they were (type 2): currency and terms.
-- A version begins on the as-of date of the run that first showed it, the first
-- one long before; each ends where the next begins. The last one is that of
-- stage.supplier.
CREATE OR REPLACE TABLE core.dim_supplier_version AS
WITH last AS (
    SELECT supplier_id, max(_from) AS since FROM stage.supplier_version GROUP BY supplier_id
), earlier AS (
    SELECT h.supplier_id, h._from AS since, h.ccy, h.discount_std, h.lead_days_quoted, h.payment_days, h.status,
           row_number() OVER (PARTITION BY h.supplier_id, h._from ORDER BY h.ccy NULLS LAST, h.discount_std NULLS LAST, h.lead_days_quoted NULLS LAST, h.payment_days NULLS LAST, h.status NULLS LAST) AS place
    FROM stage.supplier_version h
    JOIN last l ON l.supplier_id = h.supplier_id AND coalesce(h._from, DATE '1900-01-01') < l.since
), told AS (
    SELECT CAST(s.supplier_id AS VARCHAR) AS id, l.since, true AS is_last, s.ccy, s.discount_std, s.lead_days_quoted, s.payment_days, s.status
    FROM stage.supplier s
    LEFT JOIN last l ON l.supplier_id = s.supplier_id
    UNION ALL
    SELECT CAST(e.supplier_id AS VARCHAR), e.since, false, e.ccy, e.discount_std, e.lead_days_quoted, e.payment_days, e.status
    FROM earlier e
    WHERE e.place = 1
), numbered AS (
    SELECT m.supplier_key, m.supplier_id AS id, m.name, t.since, t.ccy, t.discount_std, t.lead_days_quoted, t.payment_days, t.status,
           row_number() OVER (PARTITION BY m.supplier_key ORDER BY t.since NULLS FIRST, t.is_last) AS n
    FROM core.dim_supplier m
    LEFT JOIN told t ON t.id = m.supplier_id
    WHERE m.supplier_key > 0
), begun AS (
    SELECT t.supplier_key, t.id, t.name, CASE WHEN t.n = 1 THEN DATE '1900-01-01' ELSE t.since END AS valid_from, t.ccy, t.discount_std, t.lead_days_quoted, t.payment_days, t.status
    FROM numbered t
    LEFT JOIN numbered p ON p.supplier_key = t.supplier_key AND p.n = t.n - 1
    WHERE p.n IS NULL
       OR p.ccy IS DISTINCT FROM t.ccy
       OR p.discount_std IS DISTINCT FROM t.discount_std
       OR p.lead_days_quoted IS DISTINCT FROM t.lead_days_quoted
       OR p.payment_days IS DISTINCT FROM t.payment_days
       OR p.status IS DISTINCT FROM t.status
), period AS (
    SELECT b.supplier_key, b.id, b.name, b.valid_from,
           coalesce(lead(b.valid_from) OVER (PARTITION BY b.supplier_key ORDER BY b.valid_from), DATE '9999-12-31') AS valid_to, b.ccy, b.discount_std, b.lead_days_quoted, b.payment_days, b.status
    FROM begun b
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, v.supplier_key, v.valid_from) AS INTEGER) AS version_key,
       v.supplier_key, v.valid_from, v.valid_to, v.valid_to = DATE '9999-12-31' AS is_current, v.id AS supplier_id, v.name,
       v.ccy, v.discount_std, v.lead_days_quoted, v.payment_days, v.status
FROM period v
LEFT JOIN meta.star_key place ON place.dim = 'supplier_version' AND place.id = v.id || ' ' || CAST(v.valid_from AS VARCHAR)
UNION ALL
SELECT -1, -1, DATE '1900-01-01', DATE '9999-12-31', true, NULL, '(unknown)', NULL, NULL, NULL, NULL, NULL
ORDER BY version_key;
