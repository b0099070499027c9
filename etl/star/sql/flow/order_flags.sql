-- core.dim_order_flags: six yes-or-no facts of an order line in one key,
-- 1 + rush + 2 textbook + 4 web + 8 first order + 16 promotion + 32 forthcoming.
CREATE OR REPLACE TABLE core.dim_order_flags AS
WITH bit AS (
    SELECT CAST(unnest(generate_series(0, 63)) AS INTEGER) AS n
)
SELECT n + 1 AS order_flag_key,
       n % 2 = 1 AS is_rush,
       CAST(floor(n / 2.0) AS INTEGER) % 2 = 1 AS is_textbook,
       CAST(floor(n / 4.0) AS INTEGER) % 2 = 1 AS is_web,
       CAST(floor(n / 8.0) AS INTEGER) % 2 = 1 AS is_first_order,
       CAST(floor(n / 16.0) AS INTEGER) % 2 = 1 AS is_promotion,
       CAST(floor(n / 32.0) AS INTEGER) % 2 = 1 AS is_forthcoming
FROM bit
UNION ALL
SELECT -1, NULL, NULL, NULL, NULL, NULL, NULL
ORDER BY order_flag_key;

-- What a line takes from its order. The first order of a customer is the
-- earliest that stands; orders without a known customer are nobody's first.
CREATE OR REPLACE TEMP TABLE star_order_flow AS
WITH first_order AS (
    SELECT customer_key, min(order_key) AS order_key
    FROM star_order
    WHERE refused IS NULL AND customer_key > 0
    GROUP BY customer_key
)
SELECT o.order_id,
       min(1 + CASE WHEN o.is_rush THEN 1 ELSE 0 END
             + CASE WHEN lower(h.entry_channel) = 'web' THEN 4 ELSE 0 END
             + CASE WHEN f.order_key = o.order_key THEN 8 ELSE 0 END
             + CASE WHEN h.campaign_id IS NOT NULL THEN 16 ELSE 0 END) AS flags,
       coalesce(min(c.catalogue_key), -1) AS catalogue_key,
       min(h.required_date) AS required_date
FROM star_order o
JOIN stage.order_header h ON h.order_id = o.order_id
LEFT JOIN first_order f ON f.customer_key = o.customer_key
LEFT JOIN core.dim_catalogue c ON c.catalogue_id = CAST(h.catalogue_id AS VARCHAR)
WHERE o.refused IS NULL
GROUP BY o.order_id;
