-- Rules of a level, each pair once, in the direction that is surer. Parameters: the
-- level, how many.
WITH ranked AS (
    SELECT r.antecedent, r.antecedent_zh, r.consequent, r.consequent_zh, r."count", r.antecedent_count, r.consequent_count, r.baskets, r.customers, r.confidence, r.lift, r.lift_by_size, r.q, r.rule_no,
           row_number() OVER (PARTITION BY least(r.antecedent_key, r.consequent_key), greatest(r.antecedent_key, r.consequent_key), coalesce(r.antecedent_2_key, 0) ORDER BY r.confidence DESC, r.rule_no) AS place
    FROM score.basket_rule AS r
    WHERE r.level = ?
)
SELECT antecedent, antecedent_zh, consequent, consequent_zh, "count", antecedent_count, consequent_count, baskets, customers, confidence, coalesce(lift_by_size, lift) AS lift, q
FROM ranked
WHERE place = 1
ORDER BY coalesce(lift_by_size, lift) DESC, rule_no
LIMIT ?
