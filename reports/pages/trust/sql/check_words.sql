-- Descriptions in Chinese of the user's own rules.
SELECT check_id, description_zh
FROM meta.check_word
ORDER BY check_id
