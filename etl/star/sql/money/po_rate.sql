-- The rate at which each purchase order was settled: what its supplier invoices
-- were paid at where the payments say so, else the settlement rate of the
-- invoice's day, each by its amount. A purchase order without an invoice that
-- has a rate is not in it; its own day's rate counts then.
CREATE OR REPLACE TEMP TABLE star_po_rate AS
WITH paid AS (
    SELECT inv_id, sum(amount_fcy) AS amount, sum(CAST(amount_fcy AS DECIMAL(18, 4)) * CAST(fx_settle AS DECIMAL(18, 8))) AS value
    FROM stage.supplier_payment
    WHERE fx_settle > 0 AND amount_fcy > 0 AND amount_fcy < 1E9 AND fx_settle < 1E6 AND NOT coalesce(is_deleted, false)
    GROUP BY inv_id
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
