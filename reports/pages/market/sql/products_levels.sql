-- How each level of baskets was searched.
SELECT l.level, l.baskets, l.min_count, l.tests, l.rules, l.control_rules, l.raised
FROM score.basket_level AS l
ORDER BY l.rowid
