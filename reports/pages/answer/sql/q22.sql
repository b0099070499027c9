-- Customers worth much over their lifetime who buy less than half of what they
-- could from us.
WITH wanted AS (
    SELECT w.customer_key, w.sales_12, w.wallet, w.potential, w.potential_margin, row_number() OVER (ORDER BY w.potential_margin DESC NULLS LAST, w.customer_key) AS place
    FROM score.wallet AS w
    WHERE w.is_wanted
), total AS (
    SELECT count(*) AS customers, sum(w.potential) AS potential, sum(w.potential_margin) AS margin, CAST(sum(w.sales_12) AS DOUBLE) / nullif(CAST(sum(w.wallet) AS DOUBLE), 0) AS share
    FROM wanted AS w
)
SELECT t.customers AS found_n, t.potential AS potential_money, t.margin AS margin_money, t.share AS share_pct,
       c.customer_id AS first_id, c.customer_type AS first_kind, c.name AS first_name, f.potential_margin AS first_money
FROM total AS t
LEFT JOIN wanted AS f ON f.place = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
