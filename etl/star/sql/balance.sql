-- Every staged row is in a fact or in quarantine: staged = facts + quarantined.
CREATE OR REPLACE TABLE meta.star_balance AS
SELECT 'order_line' AS table_name,
       (SELECT count(*) FROM stage.order_line) AS staged,
       (SELECT count(*) FROM core.fact_order_line) AS fact_order_line,
       (SELECT count(*) FROM core.fact_return WHERE from_order_line) AS fact_return,
       CAST(0 AS BIGINT) AS facts,
       (SELECT count(*) FROM quarantine.order_line
        WHERE reason IN ('no order header', 'no rate', 'order_date: outside the calendar', 'order deleted in source', 'deleted in source',
                         'amount: missing or too large')) AS quarantined
UNION ALL
SELECT 'return_line',
       (SELECT count(*) FROM stage.return_line),
       CAST(0 AS BIGINT),
       (SELECT count(*) FROM core.fact_return WHERE NOT from_order_line),
       0,
       (SELECT count(*) FROM quarantine.return_line
        WHERE reason IN ('deleted in source', 'return_date: outside the calendar', 'value_cny: missing'))
ORDER BY table_name;

INSERT INTO meta.star_note
SELECT 'order_line', NULL, CAST(count(*) AS VARCHAR) || ' lines of cancelled orders still carry copies'
FROM core.fact_order_line f
WHERE lower(f.status) IN ('cancelled', 'canceled') AND f.qty > 0
HAVING count(*) > 0;

INSERT INTO meta.star_note
SELECT 'title', NULL, CAST(count(*) AS VARCHAR) || ' titles have a class code that cannot be read'
FROM core.dim_title
WHERE clc_key = 0
HAVING count(*) > 0;

INSERT INTO meta.star_note
SELECT 'order_line', NULL, CAST(count(*) AS VARCHAR) || ' lines have more copies cancelled than ordered'
FROM stage.order_line
WHERE qty_ordered >= 0 AND qty_cancelled > qty_ordered
HAVING count(*) > 0;
