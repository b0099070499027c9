-- Purchases as a whole. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), line AS (
    SELECT p.supplier_key, p.cost, p.price_variance, p.cost_agreed, p.is_settled, p.qty, p.qty_received, p.qty_short, p.qty_damaged, p.is_due, p.is_in_time,
           CASE WHEN NOT coalesce(g.is_forthcoming, false) THEN p.lead_days END AS lead_days,
           p.po_date BETWEEN s.from_1 AND s.to_1 AS now, p.po_date BETWEEN s.from_0 AND s.to_0 AS before, p.due_date BETWEEN s.from_1 AND s.to_1 AS due_now, p.due_date BETWEEN s.from_0 AND s.to_0 AS due_before
    FROM core.fact_purchase_line AS p
    LEFT JOIN core.dim_order_flags AS g ON g.order_flag_key = p.order_flag_key
    CROSS JOIN span AS s
)
SELECT count(*) AS lines, count(DISTINCT CASE WHEN now AND supplier_key > 0 THEN supplier_key END), sum(CASE WHEN now THEN cost END), sum(CASE WHEN before THEN cost END),
       quantile_disc(CASE WHEN now THEN lead_days END, 0.5), quantile_disc(CASE WHEN before THEN lead_days END, 0.5), quantile_disc(CASE WHEN now THEN lead_days END, 0.9), quantile_disc(CASE WHEN before THEN lead_days END, 0.9),
       count(CASE WHEN is_due AND due_now THEN 1 END), count(CASE WHEN is_due AND is_in_time AND due_now THEN 1 END), count(CASE WHEN is_due AND due_before THEN 1 END), count(CASE WHEN is_due AND is_in_time AND due_before THEN 1 END),
       sum(CASE WHEN now AND is_settled THEN qty END), sum(CASE WHEN now AND is_settled THEN qty_received END), sum(CASE WHEN before AND is_settled THEN qty END), sum(CASE WHEN before AND is_settled THEN qty_received END),
       sum(CASE WHEN now THEN price_variance END), sum(CASE WHEN now THEN cost_agreed END), sum(CASE WHEN before THEN price_variance END), sum(CASE WHEN before THEN cost_agreed END),
       count(CASE WHEN now THEN 1 END)
FROM line
