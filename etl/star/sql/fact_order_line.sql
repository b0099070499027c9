-- core.fact_order_line: order lines with a positive or zero quantity, whose
-- order is known, dated and convertible. Negative quantities are in
-- core.fact_return, refused lines in quarantine.order_line.
-- gross = copies x unit price x rate; net = gross less the discount; both are
-- rounded to 4 decimals. More copies cancelled than ordered counts as all.
-- Every product is exact. Decimals of 18 digits are worked in 64 bits and those of
-- 38 digits in 128, which is a hundred times slower to round: so amounts that fit
-- take the short road, and only the others the long one.
-- net_constant is the net in the document's currency at its constant rate (see
-- meta.constant_rate); cost_constant the cost likewise, known where
-- the cost is; cost_settled the same at the rates its purchases were settled at.
-- Of copies bought beyond those the line counts (it was cancelled, the supplier sends
-- whole packs) the line bears nothing: its cost is the share of its own copies.
-- landed_cost = goods at the rate they were paid at + freight + duty + handling of
-- the copies kept; a unit_cost of the order line is landed already. It is unknown as
-- long as the freight is, and gross_margin = net less landed_cost with it.
CREATE OR REPLACE TABLE core.fact_order_line AS
WITH line AS (
    SELECT l.line_id, l.order_id, l.line_no, l.title_id, l.unit_price, l.discount_pct, l.tax_rate, l.unit_cost,
           l.is_textbook, l.term, l.status, l.source, l._row, l.qty_ordered,
           coalesce(l.qty_cancelled, 0) AS qty_cancelled,
           CASE WHEN l.qty_cancelled IS NULL THEN l.qty_ordered
                WHEN l.qty_cancelled >= l.qty_ordered THEN 0
                ELSE l.qty_ordered - l.qty_cancelled END AS qty
    FROM due.order_line l
    WHERE l.qty_ordered >= 0 AND NOT coalesce(l.is_deleted, false)
), gross AS (
    SELECT l.line_id, l.order_id, o.order_key, o.order_no, l.line_no, o.date_key, o.order_date, o.customer_key,
           coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key, o.geo_key, o.channel_key, o.employee_key,
           coalesce(t.publisher_key, -1) AS publisher_key, o.currency_key, o.customer_version_key, o.campaign_key, w.catalogue_key,
           w.flags + CASE WHEN coalesce(l.is_textbook, t.is_textbook, false) THEN 2 ELSE 0 END
                   + CASE WHEN t.pub_date > o.order_date THEN 32 ELSE 0 END AS order_flag_key, l.qty, l.qty_cancelled,
           CAST((100 - coalesce(l.discount_pct, 0)) * 0.01 AS DECIMAL(9, 6)) AS kept,
           CAST(coalesce(l.tax_rate, 0) * 0.01 AS DECIMAL(9, 6)) AS taxed, o.rate, o.rate_constant, o.is_rush, coalesce(l.is_textbook, t.is_textbook, false) AS is_textbook, l.term,
           CASE WHEN l.qty = 0 AND l.qty_ordered > 0 THEN 'cancelled' ELSE coalesce(l.status, o.status) END AS status,
           l.source, l._row,
           CAST(l.qty * l.unit_price AS DECIMAL(18, 4)) AS gross_ccy,
           TRY_CAST(CAST(l.qty AS DECIMAL(28, 0)) * l.unit_cost AS DECIMAL(18, 4)) AS line_cost
    FROM line l
    JOIN star_order o ON o.order_id = l.order_id AND o.refused IS NULL
    JOIN star_order_flow w ON w.order_id = l.order_id
    LEFT JOIN star_title_map t ON t.title_id = l.title_id
    WHERE CAST(l.qty_ordered AS DOUBLE) * CAST(l.unit_price AS DOUBLE) * o.largest_rate BETWEEN -9E13 AND 9E13
), report AS (
    SELECT line_id, order_id, order_key, order_no, line_no, date_key, order_date, customer_key, title_key, clc_key, geo_key,
           channel_key, employee_key, publisher_key, currency_key, customer_version_key, campaign_key, catalogue_key, order_flag_key, qty, qty_cancelled, kept, taxed, rate, rate_constant, is_rush,
           is_textbook, term, status, source, _row, line_cost, gross_ccy,
           CASE WHEN rate = 1 THEN gross_ccy
                WHEN CAST(gross_ccy AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(gross_ccy * rate AS DECIMAL(18, 4))
                ELSE CAST(CAST(gross_ccy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS gross
    FROM gross
), net AS (
    SELECT r.line_id, order_id, order_key, order_no, line_no, date_key, order_date, customer_key, title_key, clc_key, geo_key,
           channel_key, employee_key, publisher_key, currency_key, customer_version_key, campaign_key, catalogue_key, order_flag_key, qty, qty_cancelled, taxed, rate, rate_constant, is_rush,
           is_textbook, term, status, source, _row, gross,
           CASE WHEN kept = 1 THEN gross
                WHEN gross BETWEEN -90000000 AND 90000000 THEN CAST(gross * kept AS DECIMAL(18, 4))
                ELSE CAST(CAST(gross AS DECIMAL(28, 4)) * kept AS DECIMAL(18, 4)) END AS net,
           CASE WHEN kept = 1 THEN gross_ccy
                WHEN gross_ccy BETWEEN -90000000 AND 90000000 THEN CAST(gross_ccy * kept AS DECIMAL(18, 4))
                ELSE CAST(CAST(gross_ccy AS DECIMAL(28, 4)) * kept AS DECIMAL(18, 4)) END AS net_ccy,
           CASE WHEN c.bought > r.qty THEN CAST(c.cost * (r.qty / c.bought) AS DECIMAL(18, 4)) ELSE coalesce(c.cost, line_cost) END AS cost,
           CASE WHEN c.bought > r.qty THEN CAST(c.cost_constant * (r.qty / c.bought) AS DECIMAL(18, 4)) ELSE coalesce(c.cost_constant, line_cost) END AS cost_constant,
           CASE WHEN c.bought > r.qty THEN CAST(c.cost_settled * (r.qty / c.bought) AS DECIMAL(18, 4)) ELSE coalesce(c.cost_settled, line_cost) END AS cost_settled,
           coalesce(d.freight, u.freight) AS freight, coalesce(d.duty, u.freight) AS duty,
           CAST(qty * u.handling_per_copy AS DECIMAL(18, 4)) AS handling,
           CASE WHEN d.cost IS NULL THEN line_cost
                ELSE CAST(CASE WHEN d.bought > r.qty THEN CAST(d.cost * (r.qty / d.bought) AS DECIMAL(18, 4)) ELSE d.cost END + coalesce(d.freight, u.freight) + coalesce(d.duty, u.freight) + qty * u.handling_per_copy AS DECIMAL(18, 4)) END AS landed_cost
    FROM report r
    CROSS JOIN star_landed_rule u
    LEFT JOIN star_cost c ON c.line_id = r.line_id
    LEFT JOIN meta.star_landed_line d ON d.line_id = r.line_id
)
SELECT line_id, order_id, order_key, order_no, line_no, date_key, order_date, customer_key, title_key, clc_key, geo_key,
       channel_key, employee_key, publisher_key, currency_key, customer_version_key, campaign_key, catalogue_key, order_flag_key, qty, qty_cancelled,
       gross, CAST(gross - net AS DECIMAL(18, 4)) AS discount, net, net_ccy, rate,
       CASE WHEN taxed = 0 THEN CAST(0 AS DECIMAL(18, 4))
            WHEN net BETWEEN -90000000 AND 90000000 THEN CAST(net * taxed AS DECIMAL(18, 4))
            ELSE CAST(CAST(net AS DECIMAL(28, 4)) * taxed AS DECIMAL(18, 4)) END AS tax,
       cost, CAST(net - cost AS DECIMAL(18, 4)) AS margin,
       freight, duty, handling, landed_cost, CAST(net - landed_cost AS DECIMAL(18, 4)) AS gross_margin,
       CASE WHEN rate_constant = 1 THEN net_ccy
            WHEN CAST(net_ccy AS DOUBLE) * CAST(rate_constant AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(net_ccy * rate_constant AS DECIMAL(18, 4))
            ELSE CAST(CAST(net_ccy AS DECIMAL(28, 4)) * rate_constant AS DECIMAL(18, 4)) END AS net_constant,
       CASE WHEN cost IS NOT NULL THEN cost_constant END AS cost_constant,
       CASE WHEN cost IS NOT NULL THEN cost_settled END AS cost_settled,
       is_rush, is_textbook, term, status, source, _row AS source_row
FROM net
ORDER BY order_date, order_key, line_no NULLS LAST, line_id;
