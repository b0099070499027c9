-- The copies of order lines in the batches that are due and bear freight or duty.
--
-- A batch is shared among the order lines whose events name it; one that no event
-- names, among the purchase lines of the purchase orders in it. A line weighs its
-- copies in the batch x the weight of its title.
CREATE OR REPLACE TEMP TABLE star_charged_batch AS
SELECT batch_id,
       CAST(coalesce(freight_cny, 0) * 10000 AS BIGINT) AS freight,
       CAST(coalesce(duty_cny, 0) * 10000 AS BIGINT) AS duty,
       CAST(round(weight_kg * 1000000) AS BIGINT) AS declared
FROM due.batch
WHERE (coalesce(freight_cny, 0) <> 0 OR coalesce(duty_cny, 0) <> 0) AND NOT coalesce(is_deleted, false);

-- The copies of a line in a batch: those of the stage that saw most of them; an
-- event entered twice counts once.
CREATE OR REPLACE TEMP TABLE star_batch_line AS
WITH once AS (
    SELECT DISTINCT e.batch_id, e.line_id, e.stage, e.event_ts, e.qty
    FROM stage.order_line_stage_event e
    JOIN star_charged_batch b ON b.batch_id = e.batch_id
    WHERE NOT coalesce(e.is_deleted, false)
), event AS (
    SELECT e.batch_id, e.line_id, e.stage, sum(coalesce(e.qty, l.qty_ordered)) AS qty
    FROM once e
    LEFT JOIN stage.order_line l ON l.line_id = e.line_id
    GROUP BY e.batch_id, e.line_id, e.stage
), travelled AS (
    SELECT batch_id, line_id, max(qty) AS qty
    FROM event
    GROUP BY batch_id, line_id
), bought AS (
    SELECT o.batch_id, l.order_line_id AS line_id, l.title_id,
           CASE WHEN l.qty_received > 0 THEN l.qty_received ELSE l.qty END AS qty
    FROM stage.purchase_order o
    JOIN star_charged_batch b ON b.batch_id = o.batch_id
    JOIN stage.purchase_line l ON l.po_id = o.po_id
    WHERE NOT coalesce(l.is_deleted, false) AND NOT coalesce(o.is_deleted, false)
      AND o.batch_id NOT IN (SELECT t.batch_id FROM travelled t)
), part AS (
    SELECT t.batch_id, t.line_id, l.title_id, t.qty
    FROM travelled t
    LEFT JOIN stage.order_line l ON l.line_id = t.line_id
    UNION ALL
    SELECT batch_id, line_id, title_id, qty FROM bought
), accepted AS (
    SELECT l.line_id
    FROM stage.order_line l
    JOIN (SELECT DISTINCT line_id FROM part) p ON p.line_id = l.line_id
    JOIN star_order o ON o.order_id = l.order_id
    WHERE o.refused IS NULL AND l.qty_ordered >= 0 AND NOT coalesce(l.is_deleted, false)
      AND CAST(l.qty_ordered AS DOUBLE) * CAST(l.unit_price AS DOUBLE) * o.largest_rate BETWEEN -9E13 AND 9E13
), placed AS (
    SELECT p.batch_id, p.line_id, p.qty, p.qty * coalesce(w.mg, CAST(round(1000 * d.grams_per_copy) AS BIGINT)) AS mg,
           CASE WHEN p.line_id IS NULL THEN 'bought for stock'
                WHEN a.line_id IS NULL THEN 'its order line is not in the warehouse' END AS reason
    FROM part p
    CROSS JOIN meta.star_landed d
    LEFT JOIN star_title_weight w ON w.title_id = p.title_id
    LEFT JOIN accepted a ON a.line_id = p.line_id
    WHERE p.qty > 0
)
SELECT batch_id, CASE WHEN reason IS NULL THEN line_id END AS line_id, reason,
       CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(mg) AS BIGINT) AS mg
FROM placed
GROUP BY batch_id, CASE WHEN reason IS NULL THEN line_id END, reason;
