-- Channels: partners, and the ways orders come in. Partners are inferred from
-- customers when stage.channel_partner was not supplied.
CREATE OR REPLACE TEMP TABLE star_channel AS
WITH entry AS (
    SELECT channel_id, kind
    FROM (VALUES
        ('mail', 'direct'), ('fax', 'direct'), ('phone', 'direct'), ('e-mail', 'direct'), ('edi', 'direct'),
        ('visit', 'direct'), ('web', 'web'), ('fair', 'fair'), ('agent', 'agent')
    ) AS shipped (channel_id, kind)
    UNION
    SELECT DISTINCT lower(entry_channel), 'direct'
    FROM stage.order_header
    WHERE lower(entry_channel) NOT IN ('mail', 'fax', 'phone', 'e-mail', 'edi', 'visit', 'web', 'fair', 'agent')
), partner AS (
    SELECT CAST(c.channel_id AS VARCHAR) AS channel_id, coalesce(c.name, m.name) AS name, lower(c.kind) AS kind, c.level,
           CAST(c.parent_partner_id AS VARCHAR) AS parent_id, false AS is_inferred
    FROM stage.channel_partner c
    LEFT JOIN stage.customer m ON m.customer_id = c.customer_id
    UNION ALL
    SELECT DISTINCT CAST(c.channel_id AS VARCHAR), NULL, NULL, CAST(NULL AS INTEGER), NULL, true
    FROM (SELECT channel_id FROM stage.customer UNION SELECT channel_id FROM stage.customer_version) c
    JOIN star_missing s ON s.table_name = 'channel_partner'
    WHERE c.channel_id IS NOT NULL
), member AS (
    SELECT channel_id, coalesce(name, channel_id) AS name, coalesce(kind, 'agent') AS kind, level, parent_id, is_inferred
    FROM partner
    UNION ALL
    SELECT e.channel_id, e.channel_id, e.kind, 1, NULL, false
    FROM entry e
    LEFT JOIN partner p ON p.channel_id = e.channel_id
    WHERE p.channel_id IS NULL
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.channel_id) AS INTEGER) AS channel_key,
       m.channel_id, m.name, m.kind, m.level, m.parent_id, m.is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'channel' AND place.id = m.channel_id;
