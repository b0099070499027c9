-- The accounts of who has left, and which of them fade, in score.orphan_account.
WITH planted AS (
    SELECT CAST(customer_id AS VARCHAR) AS id, plant = 'owner_y_fades' AS fades FROM truth_customer WHERE plant IN ('owner_y', 'owner_y_fades')
), found AS (
    SELECT c.customer_id AS id, o.is_fading AS fades FROM score.orphan_account o JOIN core.dim_customer c ON c.customer_key = o.customer_key
), counted AS (
    SELECT count(*) AS accounts, count(f.id) AS found, sum(CASE WHEN p.fades THEN 1 ELSE 0 END) AS fade, sum(CASE WHEN p.fades AND f.fades THEN 1 ELSE 0 END) AS right_ones, sum(CASE WHEN NOT p.fades AND f.fades THEN 1 ELSE 0 END) AS wrong_ones
    FROM planted p
    LEFT JOIN found f ON f.id = p.id
)
SELECT CASE WHEN accounts > 0 THEN printf('%d accounts, %d fade', accounts, CAST(fade AS BIGINT)) END AS planted,
       printf('%d accounts, %d of those that fade, %d others', found, CAST(right_ones AS BIGINT), CAST(wrong_ones AS BIGINT)) AS found,
       found >= 0.95 * accounts AND right_ones >= 0.5 * fade AND wrong_ones <= greatest(1, 0.1 * accounts) AS accepted
FROM counted
