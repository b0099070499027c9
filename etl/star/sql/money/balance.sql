-- Every staged row of money is in a fact or in quarantine. Plans and targets are
-- counted by their rows, each of which became as many rows as it has months; a
-- payment by its rows taken together.
INSERT INTO meta.star_balance (table_name, staged, fact_order_line, fact_return, facts, quarantined)
SELECT 'invoice', (SELECT count(*) FROM stage.invoice), 0, 0, (SELECT count(*) FROM core.fact_receivable),
       (SELECT count(*) FROM quarantine.invoice WHERE reason IN ('deleted in source', 'status: not billed', 'inv_date: outside the calendar', 'no rate', 'amount: missing or too large'))
UNION ALL
SELECT 'invoice_line', (SELECT count(*) FROM stage.invoice_line), 0, 0, (SELECT count(*) FROM core.fact_sales WHERE kind <> 'whole'),
       (SELECT count(*) FROM quarantine.invoice_line WHERE reason IN ('deleted in source', 'no invoice', 'invoice set aside', 'amount: missing or too large'))
UNION ALL
SELECT 'payment', (SELECT count(*) FROM stage.payment), 0, 0, (SELECT count(DISTINCT payment_key) FROM core.fact_payment),
       (SELECT count(*) FROM quarantine.payment WHERE reason IN ('deleted in source', 'pay_date: outside the calendar', 'no rate', 'amount: missing or too large'))
UNION ALL
SELECT 'payment_alloc', (SELECT count(*) FROM stage.payment_alloc), 0, 0, (SELECT count(*) FROM core.fact_payment WHERE is_allocated),
       (SELECT count(*) FROM quarantine.payment_alloc WHERE reason IN ('deleted in source', 'no payment', 'no invoice', 'payment set aside', 'invoice set aside', 'amount: missing or too large'))
UNION ALL
SELECT 'supplier_invoice', (SELECT count(*) FROM stage.supplier_invoice), 0, 0, (SELECT count(*) FROM core.fact_payable),
       (SELECT count(*) FROM quarantine.supplier_invoice WHERE reason IN ('deleted in source', 'inv_date: outside the calendar', 'no rate', 'amount: missing or too large'))
UNION ALL
SELECT 'supplier_payment', (SELECT count(*) FROM stage.supplier_payment), 0, 0, (SELECT count(*) FROM core.fact_supplier_payment),
       (SELECT count(*) FROM quarantine.supplier_payment WHERE reason IN ('deleted in source', 'no invoice', 'invoice set aside', 'pay_date: outside the calendar', 'no rate', 'amount: missing or too large'))
UNION ALL
SELECT 'expense', (SELECT count(*) FROM stage.expense), 0, 0, (SELECT count(*) FROM core.fact_expense),
       (SELECT count(*) FROM quarantine.expense WHERE reason IN ('deleted in source', 'date: outside the calendar'))
UNION ALL
SELECT 'commission', (SELECT count(*) FROM stage.commission), 0, 0, (SELECT count(*) FROM core.fact_commission),
       (SELECT count(*) FROM quarantine.commission WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar'))
UNION ALL
SELECT 'plan', (SELECT count(*) FROM stage.plan), 0, 0,
       CAST((SELECT count(*) FROM star_goal WHERE kind = 'plan' AND refused IS NULL)
            + (SELECT count(*) FROM core.fact_plan WHERE NOT is_remainder)
            - coalesce((SELECT sum(months) FROM star_goal WHERE kind = 'plan' AND refused IS NULL), 0) AS BIGINT),
       (SELECT count(*) FROM quarantine.plan WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar'))
UNION ALL
SELECT 'target', (SELECT count(*) FROM stage.target), 0, 0,
       CAST((SELECT count(*) FROM star_goal WHERE kind = 'target' AND refused IS NULL)
            + (SELECT count(*) FROM core.fact_target WHERE NOT is_remainder)
            - coalesce((SELECT sum(months) FROM star_goal WHERE kind = 'target' AND refused IS NULL), 0) AS BIGINT),
       (SELECT count(*) FROM quarantine.target WHERE reason IN ('deleted in source', 'period: not a year, half, quarter or month', 'period: outside the calendar'))
ORDER BY 1;
