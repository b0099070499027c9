-- What it cost to bring lines in: freight and duty of their batches by weight,
-- and the cost of the goods at the rate that was paid.
--
-- A batch is shared among the order lines whose events name it; one that no event
-- names, among the purchase lines of the purchase orders in it. A line weighs its
-- copies in the batch x the weight of its title: weight_g, else pages x
-- grams_per_page, else grams_per_copy (both from verso.yaml, section landed).
-- Where the lines known weigh less than nine tenths of the batch's own weight_kg,
-- lines of it are missing, and only the known share is theirs.
--
-- Amounts are shared to the fourth decimal by largest remainder (then by line_id),
-- so that core.fact_batch_cost adds up to every batch exactly: what no order line
-- can carry stands there without one, with its reason.
CREATE OR REPLACE TEMP TABLE star_title_weight AS
SELECT t.title_id,
       CAST(round(1000 * coalesce(CASE WHEN t.weight_g > 0 THEN t.weight_g END,
                                  CASE WHEN t.pages > 0 THEN t.pages * p.grams_per_page END,
                                  p.grams_per_copy)) AS BIGINT) AS mg
FROM stage.title t
CROSS JOIN meta.star_landed p;

CREATE OR REPLACE TEMP TABLE star_charged_batch AS
SELECT batch_id,
       CAST(coalesce(freight_cny, 0) * 10000 AS BIGINT) AS freight,
       CAST(coalesce(duty_cny, 0) * 10000 AS BIGINT) AS duty,
       CAST(round(weight_kg * 1000000) AS BIGINT) AS declared
FROM stage.batch
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

CREATE OR REPLACE TABLE core.fact_batch_cost AS
WITH weight AS (
    SELECT batch_id, CAST(sum(mg) AS BIGINT) AS mg
    FROM star_batch_line
    GROUP BY batch_id
), known AS (
    SELECT b.batch_id, b.freight, b.duty, w.mg,
           CASE WHEN w.mg < 0.9 * b.declared THEN CAST(w.mg AS DOUBLE) / b.declared ELSE 1 END AS share
    FROM star_charged_batch b
    JOIN weight w ON w.batch_id = b.batch_id AND w.mg > 0
), due_batch AS (
    SELECT batch_id, freight, duty, mg, CAST(floor(freight * share) AS BIGINT) AS to_share, CAST(floor(duty * share) AS BIGINT) AS duty_to_share
    FROM known
), portion AS (
    SELECT l.batch_id, l.line_id, l.reason, l.qty, l.mg, k.to_share, k.duty_to_share,
           CAST(k.to_share AS DOUBLE) * l.mg / k.mg AS freight_part,
           CAST(k.duty_to_share AS DOUBLE) * l.mg / k.mg AS duty_part
    FROM star_batch_line l
    JOIN due_batch k ON k.batch_id = l.batch_id
), ranked AS (
    SELECT batch_id, line_id, reason, qty, mg,
           CAST(floor(freight_part) AS BIGINT) AS freight_floor, CAST(floor(duty_part) AS BIGINT) AS duty_floor,
           to_share - CAST(sum(CAST(floor(freight_part) AS BIGINT)) OVER (PARTITION BY batch_id) AS BIGINT) AS freight_left,
           duty_to_share - CAST(sum(CAST(floor(duty_part) AS BIGINT)) OVER (PARTITION BY batch_id) AS BIGINT) AS duty_left,
           row_number() OVER (PARTITION BY batch_id ORDER BY freight_part - floor(freight_part) DESC, line_id NULLS LAST, reason NULLS FIRST) AS freight_place,
           row_number() OVER (PARTITION BY batch_id ORDER BY duty_part - floor(duty_part) DESC, line_id NULLS LAST, reason NULLS FIRST) AS duty_place
    FROM portion
), shared AS (
    SELECT batch_id, line_id, reason, qty, mg,
           freight_floor + CASE WHEN freight_place <= freight_left THEN 1 ELSE 0 END AS freight,
           duty_floor + CASE WHEN duty_place <= duty_left THEN 1 ELSE 0 END AS duty
    FROM ranked
    UNION ALL
    SELECT b.batch_id, NULL, 'lines of the batch are missing', NULL, b.declared - k.mg,
           b.freight - k.to_share, b.duty - k.duty_to_share
    FROM star_charged_batch b
    JOIN due_batch k ON k.batch_id = b.batch_id
    WHERE b.freight <> k.to_share OR b.duty <> k.duty_to_share
    UNION ALL
    SELECT b.batch_id, NULL, CASE WHEN w.batch_id IS NULL THEN 'the batch has no lines' ELSE 'its lines have no weight' END, NULL, b.declared, b.freight, b.duty
    FROM star_charged_batch b
    LEFT JOIN weight w ON w.batch_id = b.batch_id
    WHERE w.batch_id IS NULL OR w.mg <= 0
)
SELECT d.batch_key, s.line_id, CAST(s.qty AS INTEGER) AS qty, CAST(s.mg AS DOUBLE) / 1000 AS weight_g,
       CAST(CAST(s.freight AS DECIMAL(22, 4)) * 0.0001 AS DECIMAL(18, 4)) AS freight,
       CAST(CAST(s.duty AS DECIMAL(22, 4)) * 0.0001 AS DECIMAL(18, 4)) AS duty, s.reason
FROM shared s
JOIN core.dim_batch d ON d.batch_id = CAST(s.batch_id AS VARCHAR)
ORDER BY d.batch_key, s.line_id NULLS LAST, s.reason NULLS FIRST;

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

-- By order line: goods at the settled rate (at that of the purchase order's day
-- until they are paid), freight and duty. Freight is unknown until copies of the
-- line are in a batch that bears some; where no batch does, there is none.
CREATE OR REPLACE TEMP TABLE star_landed AS
WITH bought AS (
    SELECT l.order_line_id AS line_id,
           CASE WHEN l.qty_received > 0 THEN l.qty_received
                WHEN coalesce(l.qty_short, 0) >= l.qty THEN 0
                ELSE l.qty - coalesce(l.qty_short, 0) END AS qty,
           l.unit_cost_fcy AS unit_cost,
           CASE WHEN o.po_id IS NULL THEN NULL
                WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8))
                ELSE coalesce(s.rate, r.rate) END AS rate
    FROM stage.purchase_line l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
    LEFT JOIN star_settled s ON s.po_id = o.po_id
    LEFT JOIN star_rate_day r ON r.ccy = o.ccy AND r.day = o.po_date
    WHERE l.order_line_id IS NOT NULL AND NOT coalesce(l.is_deleted, false)
), priced AS (
    SELECT line_id,
           CASE WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost
    FROM bought
), goods AS (
    SELECT line_id, CASE WHEN count(*) = count(cost) THEN TRY_CAST(sum(cost) AS DECIMAL(18, 4)) END AS cost
    FROM priced
    GROUP BY line_id
), carried AS (
    SELECT line_id, CAST(sum(freight) AS DECIMAL(18, 4)) AS freight, CAST(sum(duty) AS DECIMAL(18, 4)) AS duty
    FROM core.fact_batch_cost
    WHERE line_id IS NOT NULL
    GROUP BY line_id
)
SELECT coalesce(g.line_id, c.line_id) AS line_id, g.cost, c.freight, c.duty
FROM goods g
FULL JOIN carried c ON c.line_id = g.line_id;

CREATE OR REPLACE TEMP TABLE star_landed_rule AS
SELECT p.handling_per_copy,
       CASE WHEN EXISTS (SELECT 1 FROM star_charged_batch) THEN NULL ELSE CAST(0 AS DECIMAL(18, 4)) END AS freight
FROM meta.star_landed p;
