-- Negative control: the same baskets filled at random hold no rule.
SELECT 'none' AS planted,
       CAST(sum(l.control_rules) AS VARCHAR) || ' rules in shuffled baskets, ' || CAST(sum(l.rules) AS VARCHAR) || ' in the real ones' AS found,
       coalesce(sum(l.control_rules) <= greatest(1, 0.05 * sum(l.rules)), false) AS accepted
FROM score.basket_level AS l
WHERE l.control_rules IS NOT NULL
