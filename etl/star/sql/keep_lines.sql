-- What the next increment compares with: what order lines take of the flow of
-- goods and of rates.
CREATE OR REPLACE TABLE meta.star_constant AS
SELECT ccy, rate FROM meta.constant_rate ORDER BY ccy;
CREATE OR REPLACE TABLE meta.star_settled AS
SELECT po_id, rate FROM star_po_rate ORDER BY po_id;
CREATE OR REPLACE TABLE meta.star_freight_rule AS
SELECT freight FROM star_landed_rule;
