-- What the next test of each type needs.
SELECT t.type, t.base, t.lift, t.needed, t.break_even_lift
FROM score.test_size AS t
ORDER BY t.type, t.lift
