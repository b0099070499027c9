-- feature.campaign_pair: the customers each campaign is judged on. Of a campaign
-- with held-back customers all of both arms; of another one so many treated at
-- most (first argument) and so many of those it did not address and who were
-- known before it (second), of those without an order before it a tenth of that,
-- each drawn in an order that is as good as random; for an event those first who
-- had come to an earlier one of its kind. Of a large company the others are drawn
-- from four times as many as are kept.
--   arm  1 treated, 0 held back or not addressed
WITH member AS (
    SELECT c.customer_key, coalesce(least(c.first_order_date, c.created_date), c.first_order_date, c.created_date) AS since,
           c.first_order_date
    FROM core.dim_customer AS c
    WHERE c.customer_key <> -1
), rule AS (
    SELECT CAST(? AS INTEGER) AS treated, CAST(? AS INTEGER) AS others, (SELECT count(*) FROM member) AS members
), target AS (
    SELECT t.campaign_key, t.customer_key, max(CASE WHEN t.is_treated THEN 1 ELSE 0 END) AS is_treated, max(CASE WHEN t.is_control THEN 1 ELSE 0 END) AS is_control
    FROM core.fact_campaign_target AS t
    CROSS JOIN meta.run AS r
    WHERE t.customer_key <> -1 AND t.date <= r.as_of
    GROUP BY t.campaign_key, t.customer_key
), visitor AS (
    SELECT f.type, t.customer_key, min(t.date) AS since
    FROM core.fact_campaign_target AS t
    INNER JOIN feature.campaign AS f ON f.campaign_key = t.campaign_key
    WHERE f.is_event AND t.responded = 1
    GROUP BY f.type, t.customer_key
), candidate AS (
    SELECT f.campaign_key, m.customer_key, m.first_order_date < f.from_date AS has_ordered, 0 AS is_visitor
    FROM feature.campaign AS f
    CROSS JOIN rule AS u
    INNER JOIN member AS m ON m.since < f.from_date
    WHERE f.held_back = 0
      AND (f.campaign_key = -1
           OR ((CAST(m.customer_key AS BIGINT) * 2654435761 + CAST(f.campaign_key AS BIGINT) * 40503) % 4294967296) * CAST(u.members AS DOUBLE) < CAST(4294967296 AS DOUBLE) * 4 * u.others)
    UNION ALL
    SELECT f.campaign_key, v.customer_key, m.first_order_date < f.from_date, 1
    FROM feature.campaign AS f
    INNER JOIN visitor AS v ON v.type = f.type AND v.since < f.from_date
    INNER JOIN member AS m ON m.customer_key = v.customer_key
    WHERE f.is_event AND f.held_back = 0
), other AS (
    SELECT c.campaign_key, c.customer_key, coalesce(bool_or(c.has_ordered), false) AS has_ordered, max(c.is_visitor) AS is_visitor
    FROM candidate AS c
    GROUP BY c.campaign_key, c.customer_key
), drawn AS (
    SELECT t.campaign_key, t.customer_key, t.is_treated AS arm, f.held_back > 0 AS is_random, true AS has_ordered, 0 AS is_visitor
    FROM target AS t
    INNER JOIN feature.campaign AS f ON f.campaign_key = t.campaign_key
    WHERE t.is_treated + t.is_control > 0
    UNION ALL
    SELECT o.campaign_key, o.customer_key, 0, false, o.has_ordered, o.is_visitor
    FROM other AS o
    LEFT JOIN target AS t ON t.campaign_key = o.campaign_key AND t.customer_key = o.customer_key
    WHERE t.customer_key IS NULL
), placed AS (
    SELECT d.campaign_key, d.customer_key, d.arm, d.is_random, d.has_ordered,
           row_number() OVER (PARTITION BY d.campaign_key, d.arm, d.has_ordered
                              ORDER BY d.is_visitor DESC, (CAST(d.customer_key AS BIGINT) * 2654435761 + CAST(d.campaign_key AS BIGINT) * 40503) % 4294967296, d.customer_key) AS place
    FROM drawn AS d
)
SELECT p.campaign_key, p.customer_key, CAST(p.arm AS INTEGER) AS "arm"
FROM placed AS p
CROSS JOIN rule AS u
WHERE p.is_random OR p.campaign_key = -1 OR p.place <= CASE WHEN p.arm = 1 THEN u.treated ELSE u.others * CASE WHEN p.has_ordered THEN 1.0 ELSE 0.1 END END
ORDER BY p.campaign_key, p.customer_key
