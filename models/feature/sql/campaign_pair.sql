-- feature.campaign_pair: the customers each campaign is judged on. Of a campaign
-- with held-back customers all of both arms; of another one so many treated at
-- most (first argument) and so many of those it did not address and who were
-- known before it (second), of those without an order before it a tenth of that,
-- each drawn in an order that is as good as random; for an event those first who
-- had come to an earlier one of its kind.
--   arm  1 treated, 0 held back or not addressed
WITH member AS (
    SELECT c.customer_key, coalesce(least(c.first_order_date, c.created_date), c.first_order_date, c.created_date) AS since,
           c.first_order_date
    FROM core.dim_customer AS c
    WHERE c.customer_key <> -1
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
), drawn AS (
    SELECT t.campaign_key, t.customer_key, t.is_treated AS arm, f.held_back > 0 AS is_random, true AS has_ordered, false AS is_visitor
    FROM target AS t
    INNER JOIN feature.campaign AS f ON f.campaign_key = t.campaign_key
    WHERE t.is_treated + t.is_control > 0
    UNION ALL
    SELECT f.campaign_key, m.customer_key, 0, false, coalesce(m.first_order_date < f.from_date, false), coalesce(v.since < f.from_date, false)
    FROM feature.campaign AS f
    INNER JOIN member AS m ON m.since < f.from_date
    LEFT JOIN target AS t ON t.campaign_key = f.campaign_key AND t.customer_key = m.customer_key
    LEFT JOIN visitor AS v ON f.is_event AND v.type = f.type AND v.customer_key = m.customer_key
    WHERE f.held_back = 0 AND t.customer_key IS NULL
), placed AS (
    SELECT d.campaign_key, d.customer_key, d.arm, d.is_random, d.has_ordered,
           row_number() OVER (PARTITION BY d.campaign_key, d.arm, d.has_ordered
                              ORDER BY d.is_visitor DESC, (CAST(d.customer_key AS BIGINT) * 2654435761 + CAST(d.campaign_key AS BIGINT) * 40503) % 4294967296, d.customer_key) AS place
    FROM drawn AS d
)
SELECT p.campaign_key, p.customer_key, CAST(p.arm AS INTEGER) AS "arm"
FROM placed AS p
WHERE p.is_random OR p.campaign_key = -1 OR p.place <= CASE WHEN p.arm = 1 THEN CAST(? AS INTEGER) ELSE CAST(? AS INTEGER) * CASE WHEN p.has_ordered THEN 1.0 ELSE 0.1 END END
ORDER BY p.campaign_key, p.customer_key
