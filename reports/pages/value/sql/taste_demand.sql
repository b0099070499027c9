-- Subjects with most demand that was not met. Parameter: how many.
SELECT name, name_zh, unmet_quotes, quoted_customers, cancelled_lines, cancelled_copies, unserved, new_titles, "lines"
FROM score.taste_demand
ORDER BY unmet_quotes + cancelled_lines DESC, unserved DESC, clc_key
LIMIT ?
