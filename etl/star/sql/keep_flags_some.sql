-- The same as keep_flags_all.sql after an increment: only what has changed.
DELETE FROM meta.star_order_flags
WHERE order_id IN (SELECT order_id FROM due.moved_flags);

INSERT INTO meta.star_order_flags
SELECT order_id, flags, catalogue_key FROM star_order_flow
WHERE order_id IN (SELECT order_id FROM due.moved_flags)
ORDER BY order_id;
