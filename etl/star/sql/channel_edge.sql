SELECT c.channel_key AS member_key, p.channel_key AS parent_key
FROM star_channel c
JOIN star_channel p ON p.channel_id = c.parent_id
ORDER BY c.channel_key
