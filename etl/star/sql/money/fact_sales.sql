-- core.fact_sales: what was recognised as sold, one row an invoice line (kind
-- line), at the settlement rate of the invoice's day. Class, channel, salesperson
-- and the like come from the order line; a line without a known order line (kind
-- unlinked) has the customer's region and is unknown otherwise; an invoice
-- without lines is one row of its total less tax (kind whole). Credit notes are
-- negative. Tax that only the invoice states is shared out by amount.
-- cogs is the share of the order line's cost, at the rates its purchases were
-- settled at, that the copies billed are of those ordered (the amount, where
-- copies are not stated). fx_difference is net less the same amount at the rate
-- of the order's day, unknown where that is.
CREATE OR REPLACE TABLE core.fact_sales AS
WITH billed AS (
    SELECT i.invoice_id, i.invoice_key, i.date_key, i.inv_date, i.customer_key, i.geo_key, i.currency_key, i.ccy, i.rate, i.rate_constant,
           l.line_id, l.qty, l.amount,
           CASE WHEN l.tax IS NOT NULL THEN l.tax
                WHEN i.lines_taxed = 0 AND i.lines_amount <> 0
                THEN CAST(CAST(i.tax AS DOUBLE) * CAST(l.amount AS DOUBLE) / CAST(i.lines_amount AS DOUBLE) AS DECIMAL(18, 4))
                ELSE CAST(0 AS DECIMAL(18, 4)) END AS tax,
           'line' AS kind, l.source, l._row
    FROM due.invoice d
    JOIN star_invoice i ON i.invoice_id = d.invoice_id AND i.refused IS NULL
    JOIN stage.invoice_line l ON l.invoice_id = i.invoice_id AND NOT coalesce(l.is_deleted, false)
    WHERE CAST(l.amount AS DOUBLE) * CAST(greatest(i.rate, coalesce(i.rate_constant, i.rate), CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
    UNION ALL
    SELECT i.invoice_id, i.invoice_key, i.date_key, i.inv_date, i.customer_key, i.geo_key, i.currency_key, i.ccy, i.rate, i.rate_constant,
           NULL, NULL, CAST(i.total - i.tax AS DECIMAL(18, 4)), i.tax, 'whole', i.source, i._row
    FROM due.invoice d
    JOIN star_invoice i ON i.invoice_id = d.invoice_id AND i.refused IS NULL
    WHERE i.lines = 0
), linked AS (
    SELECT b.invoice_id, b.invoice_key, b.date_key, b.inv_date, b.currency_key, b.rate, b.rate_constant, b.line_id, b.qty, b.amount, b.tax,
           b.source, b._row,
           CASE WHEN b.kind = 'line' AND f.line_id IS NULL AND r.line_id IS NULL THEN 'unlinked' ELSE b.kind END AS kind,
           CASE WHEN b.customer_key <> -1 THEN b.customer_key ELSE coalesce(f.customer_key, r.customer_key, -1) END AS customer_key,
           coalesce(f.geo_key, r.geo_key, b.geo_key) AS geo_key,
           coalesce(f.title_key, r.title_key, -1) AS title_key, coalesce(f.clc_key, r.clc_key, -1) AS clc_key,
           coalesce(f.publisher_key, r.publisher_key, -1) AS publisher_key, coalesce(f.channel_key, r.channel_key, -1) AS channel_key,
           coalesce(f.employee_key, r.employee_key, -1) AS employee_key, coalesce(f.order_key, r.order_key, -1) AS order_key,
           coalesce(f.date_key, r.date_key, -1) AS order_date_key,
           CASE WHEN f.currency_key = b.currency_key THEN f.rate ELSE o.rate END AS rate_order,
           coalesce(f.cost_settled, f.cost) AS cost,
           CASE WHEN b.qty IS NOT NULL AND f.qty > 0 THEN CAST(b.qty AS DOUBLE) / f.qty
                WHEN b.qty IS NULL AND f.currency_key = b.currency_key AND f.net_ccy <> 0 THEN CAST(b.amount AS DOUBLE) / CAST(f.net_ccy AS DOUBLE) END AS share
    FROM billed b
    LEFT JOIN core.fact_order_line f ON f.line_id = b.line_id
    LEFT JOIN core.fact_return r ON r.from_order_line AND r.line_id = b.line_id
    LEFT JOIN star_rate_day o ON o.ccy = b.ccy AND o.day = coalesce(f.order_date, r.return_date)
), valued AS (
    SELECT invoice_id, invoice_key, date_key, inv_date, currency_key, rate, line_id, qty, amount, source, _row, kind,
           customer_key, geo_key, title_key, clc_key, publisher_key, channel_key, employee_key, order_key, order_date_key, rate_order,
           CASE WHEN rate = 1 THEN amount ELSE CAST(CAST(amount AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS net,
           CASE WHEN rate = 1 THEN tax ELSE CAST(CAST(tax AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS tax,
           CASE WHEN rate_constant = 1 THEN amount ELSE CAST(CAST(amount AS DECIMAL(28, 4)) * rate_constant AS DECIMAL(18, 4)) END AS net_constant,
           CASE WHEN rate_order = 1 THEN amount ELSE CAST(CAST(amount AS DECIMAL(28, 4)) * rate_order AS DECIMAL(18, 4)) END AS net_order,
           CASE WHEN share = 1 THEN cost ELSE TRY_CAST(CAST(cost AS DOUBLE) * share AS DECIMAL(18, 4)) END AS cogs
    FROM linked
)
SELECT invoice_id, invoice_key, line_id, kind, kind = 'line' AS is_linked, date_key, inv_date AS invoice_date, order_date_key, order_key, customer_key, title_key, clc_key,
       geo_key, channel_key, employee_key, publisher_key, currency_key, qty, amount AS net_ccy, rate, net, tax, net_constant, cogs,
       CAST(net - cogs AS DECIMAL(18, 4)) AS margin, CAST(net - net_order AS DECIMAL(18, 4)) AS fx_difference,
       source, _row AS source_row
FROM valued
ORDER BY invoice_key, source NULLS LAST, source_row NULLS LAST, line_id NULLS LAST, net;
