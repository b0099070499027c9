-- Margin of the last twelve months beside the twelve before, and the two effects
-- that moved it most.
WITH effect AS (
    SELECT b.effect, b.amount, row_number() OVER (ORDER BY abs(b.amount) DESC, b.effect_no) AS place
    FROM score.bridge AS b
    WHERE b.comparison = 'last_12_months' AND b.level = 'total' AND b.amount <> 0
)
SELECT count(t.comparison) AS found_n, max(t.margin_before) AS before_money, max(t.margin_after) AS after_money, max(t.margin_after) - max(t.margin_before) AS change_money,
       max(f.effect) AS first_word, max(f.amount) AS first_money, max(s.effect) AS second_word, max(s.amount) AS second_money
FROM score.bridge_total AS t
LEFT JOIN effect AS f ON f.place = 1
LEFT JOIN effect AS s ON s.place = 2
WHERE t.comparison = 'last_12_months' AND t.level = 'total'
