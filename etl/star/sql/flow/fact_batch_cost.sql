-- core.fact_batch_cost: freight and duty of batches, shared among their lines by
-- weight (see batch_line.sql). Where the lines known weigh less than nine tenths of
-- the batch's own weight_kg, lines of it are missing, and only the known share is
-- theirs.
--
-- Amounts are shared to the fourth decimal by largest remainder (then by line_id),
-- so that core.fact_batch_cost adds up to every batch exactly: what no order line
-- can carry stands there without one, with its reason.
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
SELECT d.batch_key, s.line_id, CAST(s.qty AS BIGINT) AS qty, CAST(s.mg AS DOUBLE) / 1000 AS weight_g,
       CAST(CAST(s.freight AS DECIMAL(22, 4)) * 0.0001 AS DECIMAL(18, 4)) AS freight,
       CAST(CAST(s.duty AS DECIMAL(22, 4)) * 0.0001 AS DECIMAL(18, 4)) AS duty, s.reason
FROM shared s
JOIN core.dim_batch d ON d.batch_id = CAST(s.batch_id AS VARCHAR)
ORDER BY d.batch_key, s.line_id NULLS LAST, s.reason NULLS FIRST;
