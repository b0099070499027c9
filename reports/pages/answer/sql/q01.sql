-- Campaigns that began in the twelve calendar months that end with the as-of
-- month: what they cost, and what those judged against others not addressed caused,
-- with the 95 % interval of the sum where their errors are independent.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
)
SELECT coalesce(sum(CASE WHEN c.incremental_margin IS NOT NULL THEN 1 ELSE 0 END), 0) AS found_n, count(*) AS campaigns_n, sum(c.cost) AS cost_money,
       sum(c.cost_judged) AS judged_money, sum(c.incremental_margin) AS margin_money,
       CAST(sum(c.incremental_margin) AS DOUBLE) - sqrt(CAST(sum(CAST(power(CAST(c.margin_high - c.margin_low AS DOUBLE) / 2, 2) AS DECIMAL(38, 4))) AS DOUBLE)) AS low_money,
       CAST(sum(c.incremental_margin) AS DOUBLE) + sqrt(CAST(sum(CAST(power(CAST(c.margin_high - c.margin_low AS DOUBLE) / 2, 2) AS DECIMAL(38, 4))) AS DOUBLE)) AS high_money,
       CAST(sum(c.incremental_margin) - sum(c.cost_judged) AS DOUBLE) / nullif(CAST(sum(c.cost_judged) AS DOUBLE), 0) AS return_pct,
       coalesce(sum(CASE WHEN c.is_lift THEN 1 ELSE 0 END), 0) AS lift_n
FROM score.campaign AS c
CROSS JOIN run AS r
WHERE c.from_date BETWEEN r.since AND r.as_of
