-- The rate at which each purchase order was settled: what its supplier invoices
-- were paid at (as the payments say, else the settlement rate of their days),
-- else the settlement rate of the invoice's day, each by its amount. A purchase order without an invoice that
-- has a rate is not in it; its own day's rate counts then.
CREATE OR REPLACE TEMP TABLE star_po_rate AS
WITH paid AS (
    SELECT x.inv_id, sum(x.amount_fcy) AS amount, sum(CAST(x.amount_fcy AS DECIMAL(18, 4)) * CAST(x.rate AS DECIMAL(18, 8))) AS value
    FROM (
        SELECT p.inv_id, p.amount_fcy, CASE WHEN p.fx_settle > 0 THEN p.fx_settle ELSE r.settle END AS rate
        FROM stage.supplier_payment p
        JOIN stage.supplier_invoice i ON i.inv_id = p.inv_id
        LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = p.pay_date
        WHERE p.amount_fcy > 0 AND p.amount_fcy < 1E9 AND NOT coalesce(p.is_deleted, false)
    ) x
    WHERE x.rate < 1E6
    GROUP BY x.inv_id
), billed AS (
    SELECT i.po_id, i.amount_fcy AS amount,
           coalesce(CAST(CAST(p.value AS DOUBLE) / CAST(p.amount AS DOUBLE) AS DECIMAL(18, 8)), r.settle) AS rate
    FROM stage.supplier_invoice i
    JOIN stage.purchase_order o ON o.po_id = i.po_id AND o.ccy = i.ccy
    LEFT JOIN paid p ON p.inv_id = i.inv_id
    LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = i.inv_date
    WHERE i.amount_fcy > 0 AND i.amount_fcy < 1E9 AND NOT coalesce(i.is_deleted, false)
)
SELECT po_id, CAST(CAST(sum(amount * rate) AS DOUBLE) / CAST(sum(amount) AS DOUBLE) AS DECIMAL(18, 8)) AS rate
FROM billed
WHERE rate > 0 AND rate < 1E6
GROUP BY po_id;
