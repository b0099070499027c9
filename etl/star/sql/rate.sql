-- One rate per currency and day: rate, of the day of an order (middle rate before
-- settlement before quote), and settle, of the day of an invoice or payment
-- (settlement before middle rate before quote); and those of the days that
-- documents fall on. On a day the markets are closed (weekends, holidays of
-- calendar_event) the last rate of the seven days before counts; any other day
-- without a rate has none.
-- A currency that became the euro has, from the day it did, the euro's rate
-- divided by its fixed conversion rate, on every day without a rate of its own.
CREATE OR REPLACE TEMP TABLE star_euro AS
SELECT ccy, CAST(fixed AS DECIMAL(18, 6)) AS fixed, CAST(since AS DATE) AS since
FROM (VALUES
    ('ATS', 13.7603, '1999-01-01'), ('BEF', 40.3399, '1999-01-01'), ('DEM', 1.95583, '1999-01-01'), ('ESP', 166.386, '1999-01-01'),
    ('FIM', 5.94573, '1999-01-01'), ('FRF', 6.55957, '1999-01-01'), ('IEP', 0.787564, '1999-01-01'), ('ITL', 1936.27, '1999-01-01'),
    ('LUF', 40.3399, '1999-01-01'), ('NLG', 2.20371, '1999-01-01'), ('PTE', 200.482, '1999-01-01'), ('GRD', 340.75, '2001-01-01'),
    ('SIT', 239.64, '2007-01-01'), ('CYP', 0.585274, '2008-01-01'), ('MTL', 0.4293, '2008-01-01'), ('SKK', 30.126, '2009-01-01'),
    ('EEK', 15.6466, '2011-01-01'), ('LVL', 0.702804, '2014-01-01'), ('LTL', 3.4528, '2015-01-01'), ('HRK', 7.5345, '2023-01-01'),
    ('BGN', 1.95583, '2026-01-01')
) AS joined (ccy, fixed, since);

CREATE OR REPLACE TEMP TABLE star_rate AS
WITH kind AS (
    SELECT ccy, rate_date,
           min(CASE WHEN kind = 'mid' THEN rate END) AS mid,
           min(CASE WHEN kind = 'settle' THEN rate END) AS settle,
           min(CASE WHEN kind = 'quote' THEN rate END) AS quote,
           min(rate) AS any_kind
    FROM stage.fx_rate
    WHERE rate > 0 AND NOT coalesce(is_deleted, false)
    GROUP BY ccy, rate_date
), own AS (
    SELECT ccy, rate_date, coalesce(mid, settle, quote, any_kind) AS rate, coalesce(settle, mid, quote, any_kind) AS settle
    FROM kind
)
SELECT ccy, rate_date, rate, settle FROM own
UNION ALL
SELECT e.ccy, r.rate_date,
       CAST(CAST(r.rate AS DOUBLE) / CAST(e.fixed AS DOUBLE) AS DECIMAL(18, 8)),
       CAST(CAST(r.settle AS DOUBLE) / CAST(e.fixed AS DOUBLE) AS DECIMAL(18, 8))
FROM own r
JOIN star_euro e ON r.ccy = 'EUR' AND r.rate_date >= e.since
JOIN core.dim_currency y ON y.ccy = e.ccy
LEFT JOIN own o ON o.ccy = e.ccy AND o.rate_date = r.rate_date
WHERE o.ccy IS NULL;

CREATE OR REPLACE TEMP TABLE star_rate_day AS
WITH sold AS (
    SELECT DISTINCT CAST(order_date AS DATE) AS day FROM stage.order_header
), needed AS (
    SELECT ccy, CAST(order_date AS DATE) AS day FROM stage.order_header WHERE ccy IS NOT NULL
    UNION
    SELECT ccy, po_date FROM stage.purchase_order WHERE ccy IS NOT NULL
    UNION
    SELECT ccy, inv_date FROM stage.supplier_invoice WHERE ccy IS NOT NULL
    UNION
    SELECT i.ccy, p.pay_date FROM stage.supplier_payment p JOIN stage.supplier_invoice i ON i.inv_id = p.inv_id WHERE i.ccy IS NOT NULL
    UNION
    SELECT ccy, inv_date FROM stage.invoice WHERE ccy IS NOT NULL
    UNION
    SELECT i.ccy, s.day FROM (SELECT DISTINCT ccy FROM stage.invoice WHERE ccy IS NOT NULL) i CROSS JOIN sold s
    UNION
    SELECT ccy, pay_date FROM stage.payment WHERE ccy IS NOT NULL
    UNION
    SELECT i.ccy, p.pay_date
    FROM stage.payment_alloc a
    JOIN stage.payment p ON p.payment_id = a.payment_id
    JOIN stage.invoice i ON i.invoice_id = a.invoice_id
    WHERE i.ccy IS NOT NULL
), closed AS (
    SELECT n.ccy, n.day, max(r.rate_date) AS rate_date
    FROM needed n
    LEFT JOIN stage.calendar_event e ON e.date = n.day AND e.kind = 'holiday'
    JOIN star_rate r ON r.ccy = n.ccy AND r.rate_date BETWEEN n.day - 7 AND n.day
    WHERE EXTRACT(isodow FROM n.day) >= 6 OR e.date IS NOT NULL
    GROUP BY n.ccy, n.day
)
SELECT n.ccy, n.day,
       CASE WHEN n.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8))
            ELSE coalesce(r.rate, CAST(1 / CAST(e.fixed AS DOUBLE) AS DECIMAL(18, 8))) END AS rate,
       CASE WHEN n.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8))
            ELSE coalesce(r.settle, CAST(1 / CAST(e.fixed AS DOUBLE) AS DECIMAL(18, 8))) END AS settle
FROM needed n
CROSS JOIN meta.star_parameter p
LEFT JOIN closed c ON c.ccy = n.ccy AND c.day = n.day
LEFT JOIN star_rate r ON r.ccy = n.ccy AND r.rate_date = coalesce(c.rate_date, n.day)
LEFT JOIN star_euro e ON p.currency = 'EUR' AND e.ccy = n.ccy AND n.day >= e.since
WHERE n.ccy = p.currency OR r.rate IS NOT NULL OR e.ccy IS NOT NULL;

-- The last rate of each currency up to the as-of date, for list prices.
CREATE OR REPLACE TEMP TABLE star_rate_last AS
SELECT r.ccy, r.rate
FROM star_rate r
JOIN (
    SELECT x.ccy, max(x.rate_date) AS rate_date
    FROM star_rate x
    CROSS JOIN meta.star_parameter p
    WHERE x.rate_date <= p.as_of
    GROUP BY x.ccy
) last ON last.ccy = r.ccy AND last.rate_date = r.rate_date;
