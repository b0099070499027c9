-- Negative control: no title stands in for another in the demo, though many run out.
SELECT 'none' AS planted,
       CAST(count(*) FILTER (WHERE is_substitute) AS VARCHAR) || ' of ' || CAST(count(*) AS VARCHAR) || ' pairs' AS found,
       count(*) FILTER (WHERE is_substitute) <= greatest(1, 0.01 * count(*)) AS accepted
FROM score.substitution
WHERE kind = 'stock_out'
