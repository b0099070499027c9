-- What was bought before a change of taste counts a tenth.
UPDATE feature.taste_line AS l SET weight = CAST(l.weight / 10 AS DECIMAL(18, 9))
FROM fitted AS f
WHERE f.customer_key = l.customer_key AND f.drifted AND date_diff('day', DATE '1970-01-01', l.day) < f.day;
