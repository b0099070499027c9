-- The rate a purchase order was settled at: what its payments came to over what
-- they paid, where one says so.
CREATE OR REPLACE TEMP TABLE star_settled AS
SELECT i.po_id,
       CAST(CAST(sum(CAST(p.amount_fcy AS DECIMAL(20, 4)) * p.fx_settle) AS DOUBLE) / CAST(sum(p.amount_fcy) AS DOUBLE) AS DECIMAL(18, 8)) AS rate
FROM stage.supplier_payment p
JOIN stage.supplier_invoice i ON i.inv_id = p.inv_id
WHERE p.fx_settle > 0 AND p.amount_fcy > 0 AND i.po_id IS NOT NULL
  AND NOT coalesce(p.is_deleted, false) AND NOT coalesce(i.is_deleted, false)
GROUP BY i.po_id;

-- Where no batch bears freight or duty, there is none.
CREATE OR REPLACE TEMP TABLE star_landed_rule AS
SELECT p.handling_per_copy,
       CASE WHEN EXISTS (SELECT 1 FROM stage.batch WHERE (coalesce(freight_cny, 0) <> 0 OR coalesce(duty_cny, 0) <> 0) AND NOT coalesce(is_deleted, false)) THEN NULL ELSE CAST(0 AS DECIMAL(18, 4)) END AS freight
FROM meta.star_landed p;
