-- What was billed, paid, planned or spent and cannot be placed, whole, with the
-- reason.

CREATE TABLE IF NOT EXISTS quarantine.invoice (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.invoice_line (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.payment (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.payment_alloc (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.supplier_invoice (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.supplier_payment (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.plan (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.target (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.expense (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.commission (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);

DELETE FROM quarantine.invoice
WHERE reason IN ('deleted in source', 'status: not billed', 'inv_date: outside the calendar', 'no rate', 'amount: missing or too large');

INSERT INTO quarantine.invoice (source, file, line, record, reason, column_name, value, raw)
SELECT x.source, NULL, NULL, x._row, v.refused,
       CASE v.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'no rate' THEN 'ccy' WHEN 'amount: missing or too large' THEN 'total'
            WHEN 'status: not billed' THEN 'status' ELSE 'inv_date' END,
       CASE v.refused WHEN 'deleted in source' THEN 'true' WHEN 'no rate' THEN x.ccy || ' on ' || CAST(x.inv_date AS VARCHAR) WHEN 'amount: missing or too large' THEN CAST(x.total AS VARCHAR)
            WHEN 'status: not billed' THEN x.status ELSE CAST(x.inv_date AS VARCHAR) END,
       CAST(to_json(x) AS VARCHAR)
FROM stage.invoice x
JOIN star_invoice v ON v.invoice_id = x.invoice_id AND v.refused IS NOT NULL
ORDER BY x.source, x._row, x.invoice_id;

DELETE FROM quarantine.invoice_line
WHERE reason IN ('deleted in source', 'no invoice', 'invoice set aside', 'amount: missing or too large');

INSERT INTO quarantine.invoice_line (source, file, line, record, reason, column_name, value, raw)
SELECT l.source, NULL, NULL, l._row,
       CASE WHEN l.is_deleted THEN 'deleted in source' WHEN i.invoice_id IS NULL THEN 'no invoice' WHEN i.refused IS NOT NULL THEN 'invoice set aside'
            ELSE 'amount: missing or too large' END,
       CASE WHEN l.is_deleted THEN 'is_deleted' WHEN i.invoice_id IS NULL OR i.refused IS NOT NULL THEN 'invoice_id' ELSE 'amount' END,
       CASE WHEN l.is_deleted THEN 'true' WHEN i.invoice_id IS NULL OR i.refused IS NOT NULL THEN CAST(l.invoice_id AS VARCHAR) ELSE CAST(l.amount AS VARCHAR) END,
       CAST(to_json(l) AS VARCHAR)
FROM stage.invoice_line l
LEFT JOIN star_invoice i ON i.invoice_id = l.invoice_id
WHERE l.is_deleted OR i.invoice_id IS NULL OR i.refused IS NOT NULL
   OR NOT coalesce(CAST(l.amount AS DOUBLE) * CAST(greatest(i.rate, coalesce(i.rate_constant, i.rate), CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13, false)
ORDER BY l.source, l._row, l.invoice_id, l.line_id;

DELETE FROM quarantine.payment
WHERE reason IN ('deleted in source', 'pay_date: outside the calendar', 'no rate', 'amount: missing or too large');

INSERT INTO quarantine.payment (source, file, line, record, reason, column_name, value, raw)
SELECT x.source, NULL, NULL, x._row, v.refused,
       CASE v.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'no rate' THEN 'ccy' WHEN 'amount: missing or too large' THEN 'amount'
            ELSE 'pay_date' END,
       CASE v.refused WHEN 'deleted in source' THEN 'true' WHEN 'no rate' THEN x.ccy || ' on ' || CAST(x.pay_date AS VARCHAR) WHEN 'amount: missing or too large' THEN CAST(x.amount AS VARCHAR)
            ELSE CAST(x.pay_date AS VARCHAR) END,
       CAST(to_json(x) AS VARCHAR)
FROM stage.payment x
JOIN star_payment v ON v.payment_id = x.payment_id AND v.refused IS NOT NULL
ORDER BY x.source, x._row, x.payment_id;

DELETE FROM quarantine.payment_alloc
WHERE reason IN ('deleted in source', 'no payment', 'no invoice', 'payment set aside', 'invoice set aside', 'amount: missing or too large');

INSERT INTO quarantine.payment_alloc (source, file, line, record, reason, column_name, value, raw)
SELECT a.source, NULL, NULL, a._row,
       CASE WHEN a.is_deleted THEN 'deleted in source' WHEN p.payment_id IS NULL THEN 'no payment' WHEN i.invoice_id IS NULL THEN 'no invoice'
            WHEN p.refused IS NOT NULL THEN 'payment set aside' WHEN i.refused IS NOT NULL THEN 'invoice set aside'
            ELSE 'amount: missing or too large' END,
       CASE WHEN a.is_deleted THEN 'is_deleted' WHEN p.payment_id IS NULL THEN 'payment_id' WHEN i.invoice_id IS NULL THEN 'invoice_id'
            WHEN p.refused IS NOT NULL THEN 'payment_id' WHEN i.refused IS NOT NULL THEN 'invoice_id' ELSE 'amount' END,
       CASE WHEN a.is_deleted THEN 'true' WHEN p.payment_id IS NULL THEN CAST(a.payment_id AS VARCHAR) WHEN i.invoice_id IS NULL THEN CAST(a.invoice_id AS VARCHAR)
            WHEN p.refused IS NOT NULL THEN CAST(a.payment_id AS VARCHAR) WHEN i.refused IS NOT NULL THEN CAST(a.invoice_id AS VARCHAR) ELSE CAST(a.amount AS VARCHAR) END,
       CAST(to_json(a) AS VARCHAR)
FROM stage.payment_alloc a
LEFT JOIN star_payment p ON p.payment_id = a.payment_id
LEFT JOIN star_invoice i ON i.invoice_id = a.invoice_id
WHERE a.is_deleted OR p.payment_id IS NULL OR i.invoice_id IS NULL OR p.refused IS NOT NULL OR i.refused IS NOT NULL
   OR NOT coalesce(CAST(a.amount AS DOUBLE) * CAST(greatest(i.rate, p.rate, CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13, false)
ORDER BY a.source, a._row, a.payment_id, a.invoice_id;

DELETE FROM quarantine.supplier_invoice
WHERE reason IN ('deleted in source', 'inv_date: outside the calendar', 'no rate', 'amount: missing or too large');

INSERT INTO quarantine.supplier_invoice (source, file, line, record, reason, column_name, value, raw)
SELECT x.source, NULL, NULL, x._row, v.refused,
       CASE v.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'no rate' THEN 'ccy' WHEN 'amount: missing or too large' THEN 'amount_fcy'
            ELSE 'inv_date' END,
       CASE v.refused WHEN 'deleted in source' THEN 'true' WHEN 'no rate' THEN x.ccy || ' on ' || CAST(x.inv_date AS VARCHAR) WHEN 'amount: missing or too large' THEN CAST(x.amount_fcy AS VARCHAR)
            ELSE CAST(x.inv_date AS VARCHAR) END,
       CAST(to_json(x) AS VARCHAR)
FROM stage.supplier_invoice x
JOIN star_supplier_invoice v ON v.inv_id = x.inv_id AND v.refused IS NOT NULL
ORDER BY x.source, x._row, x.inv_id;

DELETE FROM quarantine.supplier_payment
WHERE reason IN ('deleted in source', 'no invoice', 'invoice set aside', 'pay_date: outside the calendar', 'no rate', 'amount: missing or too large');

INSERT INTO quarantine.supplier_payment (source, file, line, record, reason, column_name, value, raw)
SELECT x.source, NULL, NULL, x._row, v.refused,
       CASE v.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'no rate' THEN 'ccy' WHEN 'amount: missing or too large' THEN 'amount_fcy'
            WHEN 'no invoice' THEN 'inv_id' WHEN 'invoice set aside' THEN 'inv_id' ELSE 'pay_date' END,
       CASE v.refused WHEN 'deleted in source' THEN 'true' WHEN 'no rate' THEN 'on ' || CAST(x.pay_date AS VARCHAR) WHEN 'amount: missing or too large' THEN CAST(x.amount_fcy AS VARCHAR)
            WHEN 'no invoice' THEN CAST(x.inv_id AS VARCHAR) WHEN 'invoice set aside' THEN CAST(x.inv_id AS VARCHAR) ELSE CAST(x.pay_date AS VARCHAR) END,
       CAST(to_json(x) AS VARCHAR)
FROM stage.supplier_payment x
JOIN star_supplier_payment v ON v.pay_id = x.pay_id AND v.refused IS NOT NULL
ORDER BY x.source, x._row, x.pay_id;

DELETE FROM quarantine.plan
WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar');

INSERT INTO quarantine.plan (source, file, line, record, reason, column_name, value, raw)
SELECT source, NULL, NULL, _row, refused, CASE refused WHEN 'deleted in source' THEN 'is_deleted' ELSE 'year' END,
       CASE refused WHEN 'deleted in source' THEN 'true' ELSE period END, raw
FROM star_goal
WHERE kind = 'plan' AND refused IS NOT NULL
ORDER BY source, _row, raw;

DELETE FROM quarantine.target
WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar');

INSERT INTO quarantine.target (source, file, line, record, reason, column_name, value, raw)
SELECT source, NULL, NULL, _row, refused, CASE refused WHEN 'deleted in source' THEN 'is_deleted' ELSE 'period' END,
       CASE refused WHEN 'deleted in source' THEN 'true' ELSE period END, raw
FROM star_goal
WHERE kind = 'target' AND refused IS NOT NULL
ORDER BY source, _row, raw;

DELETE FROM quarantine.expense
WHERE reason IN ('deleted in source', 'date: outside the calendar');

INSERT INTO quarantine.expense (source, file, line, record, reason, column_name, value, raw)
SELECT x.source, NULL, NULL, x._row,
       CASE WHEN coalesce(x.is_deleted, false) THEN 'deleted in source' ELSE 'date: outside the calendar' END,
       CASE WHEN coalesce(x.is_deleted, false) THEN 'is_deleted' ELSE 'date' END,
       CASE WHEN coalesce(x.is_deleted, false) THEN 'true' ELSE CAST(x.date AS VARCHAR) END,
       CAST(to_json(x) AS VARCHAR)
FROM stage.expense x
CROSS JOIN meta.star_parameter p
WHERE coalesce(x.is_deleted, false) OR NOT coalesce(EXTRACT(year FROM x.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, false)
ORDER BY x.source, x._row, x.employee_id, x.customer_id, x.amount;

DELETE FROM quarantine.commission
WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar');

INSERT INTO quarantine.commission (source, file, line, record, reason, column_name, value, raw)
SELECT source, NULL, NULL, _row, refused, CASE refused WHEN 'deleted in source' THEN 'is_deleted' ELSE 'period' END,
       CASE refused WHEN 'deleted in source' THEN 'true' ELSE period END, raw
FROM star_commission
WHERE refused IS NOT NULL
ORDER BY source, _row, raw;
