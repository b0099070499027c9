-- due.moved_*: what the landed cost of lines takes that is something else than in
-- the last build.
-- The rate that the payments of a purchase order name.
CREATE OR REPLACE TABLE due.moved_paid_rate AS
SELECT coalesce(n.po_id, o.po_id) AS po_id
FROM star_settled n
FULL JOIN meta.star_paid_rate o ON o.po_id = n.po_id
WHERE o.rate IS DISTINCT FROM n.rate;

-- Whether lines without freight have none or one that is not known.
CREATE OR REPLACE TABLE due.moved_freight_rule AS
SELECT n.freight
FROM star_landed_rule n
CROSS JOIN meta.star_freight_rule o
WHERE o.freight IS DISTINCT FROM n.freight;
