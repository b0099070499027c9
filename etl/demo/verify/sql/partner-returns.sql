-- The partners whose returns rise or are high in score.partner, and their ranks.
WITH planted AS (
    SELECT CAST(customer_id AS VARCHAR) AS id FROM truth_customer WHERE plant = 'agent_unsold'
), found AS (
    SELECT c.customer_id AS id, p.sell_in_rank, p.kept_rank FROM score.partner p JOIN core.dim_customer c ON c.customer_key = p.customer_key WHERE p.finding <> ''
)
SELECT (SELECT CASE WHEN count(*) > 0 THEN count(*) || ' agents' END FROM planted) AS planted,
       (SELECT coalesce(string_agg(printf('agent %s: number %d by sell-in, %d by what it kept', id, sell_in_rank, kept_rank), '; ' ORDER BY sell_in_rank), 'none') FROM found) AS found,
       NOT EXISTS (SELECT id FROM planted WHERE id NOT IN (SELECT id FROM found)) AND NOT EXISTS (SELECT id FROM found WHERE id NOT IN (SELECT id FROM planted))
           AND NOT EXISTS (SELECT id FROM found WHERE kept_rank < sell_in_rank) AS accepted
