-- core.dim_channel: the level is the stated one, else the depth in the hierarchy.
CREATE OR REPLACE TABLE core.dim_channel AS
SELECT c.channel_key, c.channel_id, c.name, c.kind,
       coalesce(c.level, t.depth + 1, 1) AS level,
       coalesce(t.parent_key, -1) AS parent_key,
       c.is_inferred
FROM star_channel c
LEFT JOIN star_tree t ON t.subject = 'channel' AND t.member_key = c.channel_key
UNION ALL
SELECT -1, NULL, '(unknown)', '(unknown)', NULL, -1, false
ORDER BY channel_key;

INSERT INTO meta.star_note
SELECT 'channel_partner', c.channel_id, 'its parents go round in a circle: cut here'
FROM star_channel c
JOIN star_tree t ON t.subject = 'channel' AND t.member_key = c.channel_key AND t.is_cut
ORDER BY c.channel_key;
