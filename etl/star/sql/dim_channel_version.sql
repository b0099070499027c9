-- core.dim_channel_version: channels as they were (type 2): kind, level, parent, territory, certification and credit.
-- A version begins on the as-of date of the run that first showed it, the first
-- one long before; each ends where the next begins. The last one is that of
-- stage.channel_partner.
CREATE OR REPLACE TABLE core.dim_channel_version AS
WITH last AS (
    SELECT channel_id, max(_from) AS since FROM stage.channel_partner_version GROUP BY channel_id
), earlier AS (
    SELECT h.channel_id, h._from AS since, h.kind, h.level, h.parent_partner_id, h.territory, h.cert_level, h.credit_limit, h.credit_days,
           row_number() OVER (PARTITION BY h.channel_id, h._from ORDER BY h.kind NULLS LAST, h.level NULLS LAST, h.parent_partner_id NULLS LAST, h.territory NULLS LAST, h.cert_level NULLS LAST, h.credit_limit NULLS LAST, h.credit_days NULLS LAST) AS place
    FROM stage.channel_partner_version h
    JOIN last l ON l.channel_id = h.channel_id AND coalesce(h._from, DATE '1900-01-01') < l.since
), told AS (
    SELECT CAST(s.channel_id AS VARCHAR) AS id, l.since, true AS is_last, s.kind, s.level, s.parent_partner_id, s.territory, s.cert_level, s.credit_limit, s.credit_days
    FROM stage.channel_partner s
    LEFT JOIN last l ON l.channel_id = s.channel_id
    UNION ALL
    SELECT CAST(e.channel_id AS VARCHAR), e.since, false, e.kind, e.level, e.parent_partner_id, e.territory, e.cert_level, e.credit_limit, e.credit_days
    FROM earlier e
    WHERE e.place = 1
), numbered AS (
    SELECT m.channel_key, m.channel_id AS id, m.name, t.since, t.kind, t.level, t.parent_partner_id, t.territory, t.cert_level, t.credit_limit, t.credit_days,
           row_number() OVER (PARTITION BY m.channel_key ORDER BY t.since NULLS FIRST, t.is_last) AS n
    FROM core.dim_channel m
    LEFT JOIN told t ON t.id = m.channel_id
    WHERE m.channel_key > 0
), begun AS (
    SELECT t.channel_key, t.id, t.name, CASE WHEN t.n = 1 THEN DATE '1900-01-01' ELSE t.since END AS valid_from, t.kind, t.level, t.parent_partner_id, t.territory, t.cert_level, t.credit_limit, t.credit_days
    FROM numbered t
    LEFT JOIN numbered p ON p.channel_key = t.channel_key AND p.n = t.n - 1
    WHERE p.n IS NULL
       OR p.kind IS DISTINCT FROM t.kind
       OR p.level IS DISTINCT FROM t.level
       OR p.parent_partner_id IS DISTINCT FROM t.parent_partner_id
       OR p.territory IS DISTINCT FROM t.territory
       OR p.cert_level IS DISTINCT FROM t.cert_level
       OR p.credit_limit IS DISTINCT FROM t.credit_limit
       OR p.credit_days IS DISTINCT FROM t.credit_days
), period AS (
    SELECT b.channel_key, b.id, b.name, b.valid_from,
           coalesce(lead(b.valid_from) OVER (PARTITION BY b.channel_key ORDER BY b.valid_from), DATE '9999-12-31') AS valid_to, b.kind, b.level, b.parent_partner_id, b.territory, b.cert_level, b.credit_limit, b.credit_days
    FROM begun b
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, v.channel_key, v.valid_from) AS INTEGER) AS version_key,
       v.channel_key, v.valid_from, v.valid_to, v.valid_to = DATE '9999-12-31' AS is_current, v.id AS channel_id, v.name,
       coalesce(lower(v.kind), m.kind) AS kind, coalesce(v.level, m.level) AS level, coalesce(p.channel_key, -1) AS parent_key,
       v.territory, v.cert_level, v.credit_limit, v.credit_days
FROM period v
JOIN core.dim_channel m ON m.channel_key = v.channel_key
LEFT JOIN star_channel p ON p.channel_id = CAST(v.parent_partner_id AS VARCHAR)
LEFT JOIN meta.star_key place ON place.dim = 'channel_version' AND place.id = v.id || ' ' || CAST(v.valid_from AS VARCHAR)
UNION ALL
SELECT -1, -1, DATE '1900-01-01', DATE '9999-12-31', true, NULL, '(unknown)', '(unknown)', NULL, -1, NULL, NULL, NULL, NULL
ORDER BY version_key;
