-- score.test_size: customers that each arm of the next test of a type needs.
--   base             share who order without the campaign
--   lift             rise that is to be found four times in five, at 5 %
--   break_even_lift  rise that would have paid the campaigns of the type
CREATE OR REPLACE TABLE score.test_size AS
SELECT s.type AS "type", s.base AS "base", s.lift AS "lift", CAST(s.needed AS INTEGER) AS "needed", s.break_even_lift AS "break_even_lift"
FROM temp.main.fitted AS s
ORDER BY "type", "lift"
