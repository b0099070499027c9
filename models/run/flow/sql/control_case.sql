-- Cases and hits of the shares that are watched, by month: what became of lines
-- promised, of tickets opened, of lines bought from suppliers, of invoices due.
-- Months that are not over are left out, and those with fewer than ten cases or a
-- fifth of those of the median month: where the data begin, only odd ones are there.
-- Parameter: the first day of the as-of month, or of the next if it is over.
CREATE OR REPLACE TEMP TABLE control_case AS
WITH span AS (
    SELECT CAST(? AS DATE) AS ended
), seen AS (
    SELECT 'on_time' AS chart, 1 AS chart_no, f.promised_date AS day, CASE WHEN f.is_on_time THEN 1 ELSE 0 END AS hit
    FROM core.fact_order_stage AS f
    WHERE f.is_due
    UNION ALL
    SELECT 'in_full', 2, f.promised_date, CASE WHEN f.is_otif THEN 1 ELSE 0 END
    FROM core.fact_order_stage AS f
    WHERE f.is_due
    UNION ALL
    SELECT 'service_level', 3, k.date, 1 - k.breached
    FROM core.fact_ticket AS k
    WHERE k.breached IS NOT NULL
    UNION ALL
    SELECT 'complaint', 4, k.date, k.complaints
    FROM core.fact_ticket AS k
    WHERE k.complaints IS NOT NULL
    UNION ALL
    SELECT 'supplier_in_time', 5, p.due_date, CASE WHEN p.is_in_time THEN 1 ELSE 0 END
    FROM core.fact_purchase_line AS p
    WHERE p.is_due
    UNION ALL
    SELECT 'short', 6, p.po_date, CASE WHEN p.qty_short > 0 THEN 1 ELSE 0 END
    FROM core.fact_purchase_line AS p
    WHERE p.is_settled
    UNION ALL
    SELECT 'damaged', 7, p.po_date, CASE WHEN p.qty_damaged > 0 THEN 1 ELSE 0 END
    FROM core.fact_purchase_line AS p
    WHERE p.is_settled
    UNION ALL
    SELECT 'paid_late', 8, v.due_date, CASE WHEN v.is_paid_late OR v.is_overdue THEN 1 ELSE 0 END
    FROM core.fact_receivable AS v
    WHERE v.is_due AND NOT coalesce(v.is_credit, false)
), counted AS (
    SELECT e.chart, e.chart_no, CAST(date_trunc('month', e.day) AS DATE) AS month, count(*) AS cases, sum(e.hit) AS hits
    FROM seen AS e
    CROSS JOIN span AS s
    WHERE e.day < s.ended AND e.day >= s.ended - INTERVAL 3 YEAR
    GROUP BY e.chart, e.chart_no, date_trunc('month', e.day)
    HAVING count(*) >= 10
), usual AS (
    SELECT chart_no, quantile_disc(cases, 0.5) AS cases FROM counted GROUP BY chart_no
)
SELECT c.chart, c.chart_no, c.month, c.cases, c.hits
FROM counted AS c
INNER JOIN usual AS u ON u.chart_no = c.chart_no
WHERE c.cases * 5 >= u.cases
