-- table: message
-- severity: warn
-- threshold: 0.001
-- needs: message
-- description: Messages answered before they came in
-- hint: Check the clocks and time zones of the systems; such times do not count.
-- tested: SELECT count(*) FROM stage.message WHERE replied_ts IS NOT NULL
SELECT m.msg_id, m.replied_ts AS value, m.ts
FROM stage.message m
WHERE m.replied_ts < m.ts
