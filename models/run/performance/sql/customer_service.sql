-- What service customers got and how they pay, over a period; n stands beside
-- every ratio, and Wilson's interval (95 %) around the shares.
--   due, on_time, otif, fill   lines promised in the period and not withdrawn
--   late_p50, late_p90   days past the promised day of those that came; early ones count 0
--   returned, faulty     copies sent back in the period: all, and those damaged, wrong or late
--   expected_on_time     the share shrunk towards the customer's type as by 20 lines of it
--   service_rank         by it, the worst first, of those with 5 lines due or more
--   days_to_pay          of the invoices of the period paid in full
-- Parameters: first and last day.
CREATE OR REPLACE TABLE score.customer_service AS
WITH span AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
), line AS (
    SELECT f.customer_key, count(*) AS lines_due, sum(CASE WHEN f.is_on_time THEN 1 ELSE 0 END) AS lines_on_time, sum(CASE WHEN f.is_otif THEN 1 ELSE 0 END) AS lines_otif,
           sum(f.qty_ordered - f.qty_withdrawn) AS copies_wanted, sum(f.qty_delivered) AS copies_filled,
           quantile_disc(CASE WHEN f.days_late IS NOT NULL THEN greatest(f.days_late, 0) END, 0.5) AS late_p50,
           quantile_disc(CASE WHEN f.days_late IS NOT NULL THEN greatest(f.days_late, 0) END, 0.9) AS late_p90
    FROM core.fact_order_stage AS f
    CROSS JOIN span AS s
    WHERE f.is_due AND f.promised_date BETWEEN s.first_day AND s.last_day AND f.customer_key <> -1
    GROUP BY f.customer_key
), bought AS (
    SELECT l.customer_key, sum(l.qty) AS copies, sum(l.net) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.order_date BETWEEN s.first_day AND s.last_day AND l.customer_key <> -1
    GROUP BY l.customer_key
), back AS (
    SELECT r.customer_key, sum(r.qty) AS copies_returned, sum(CASE WHEN r.reason IN ('damaged', 'wrong', 'late') THEN r.qty ELSE 0 END) AS copies_faulty, sum(r.value) AS value_returned
    FROM core.fact_return AS r
    CROSS JOIN span AS s
    WHERE r.return_date BETWEEN s.first_day AND s.last_day AND r.customer_key <> -1
    GROUP BY r.customer_key
), asked AS (
    SELECT k.customer_key, count(*) AS tickets, sum(k.complaints) AS complaints, sum(k.open) AS open_tickets,
           CAST(quantile_disc(k.response_hours, 0.5) AS DOUBLE) AS response_hours_p50
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
    WHERE k.date BETWEEN s.first_day AND s.last_day AND k.customer_key <> -1
    GROUP BY k.customer_key
), owed AS (
    SELECT v.customer_key, sum(CASE WHEN v.invoice_date BETWEEN s.first_day AND s.last_day AND v.days_to_pay IS NOT NULL THEN 1 ELSE 0 END) AS invoices_paid,
           sum(CASE WHEN v.invoice_date BETWEEN s.first_day AND s.last_day AND v.days_to_pay IS NOT NULL AND v.is_paid_late THEN 1 ELSE 0 END) AS invoices_late,
           quantile_disc(CASE WHEN v.invoice_date BETWEEN s.first_day AND s.last_day THEN v.days_to_pay END, 0.5) AS days_to_pay,
           sum(v.open) AS open, sum(v.overdue) AS overdue,
           sum(CASE WHEN v.invoice_date > s.last_day - 90 THEN v.billed ELSE 0 END) AS billed_90d
    FROM core.fact_receivable AS v
    CROSS JOIN span AS s
    WHERE v.invoice_date <= s.last_day AND v.customer_key <> -1
    GROUP BY v.customer_key
), known AS (
    SELECT customer_key FROM line UNION SELECT customer_key FROM bought UNION SELECT customer_key FROM back UNION SELECT customer_key FROM asked
    UNION SELECT customer_key FROM owed WHERE open <> 0 OR invoices_paid > 0
), kind AS (
    SELECT coalesce(c.customer_type, '') AS customer_type, CAST(sum(l.lines_on_time) AS DOUBLE) / CAST(sum(l.lines_due) AS DOUBLE) AS on_time
    FROM line AS l
    INNER JOIN core.dim_customer AS c ON c.customer_key = l.customer_key
    GROUP BY coalesce(c.customer_type, '')
), rated AS (
    SELECT n.customer_key, coalesce(c.channel_key, -1) AS channel_key, coalesce(c.geo_key, -1) AS geo_key, coalesce(c.owner_employee_key, -1) AS employee_key,
           coalesce(l.lines_due, 0) AS lines_due, coalesce(l.lines_on_time, 0) AS lines_on_time, coalesce(l.lines_otif, 0) AS lines_otif,
           CAST(l.lines_on_time AS DOUBLE) / nullif(CAST(l.lines_due AS DOUBLE), 0) AS on_time, CAST(l.lines_otif AS DOUBLE) / nullif(CAST(l.lines_due AS DOUBLE), 0) AS otif,
           CASE WHEN l.lines_due > 0 THEN (l.lines_on_time + 20 * t.on_time) / (l.lines_due + 20) END AS expected_on_time,
           coalesce(l.copies_wanted, 0) AS copies_wanted, coalesce(l.copies_filled, 0) AS copies_filled, l.late_p50, l.late_p90,
           coalesce(b.copies, 0) AS copies_bought, coalesce(b.net, 0) AS net, coalesce(r.copies_returned, 0) AS copies_returned, coalesce(r.copies_faulty, 0) AS copies_faulty,
           coalesce(r.value_returned, 0) AS value_returned, coalesce(a.tickets, 0) AS tickets, coalesce(a.complaints, 0) AS complaints, coalesce(a.open_tickets, 0) AS open_tickets,
           a.response_hours_p50, coalesce(o.invoices_paid, 0) AS invoices_paid, coalesce(o.invoices_late, 0) AS invoices_late, o.days_to_pay,
           coalesce(o.open, 0) AS open, coalesce(o.overdue, 0) AS overdue, coalesce(o.billed_90d, 0) AS billed_90d
    FROM known AS n
    LEFT JOIN core.dim_customer AS c ON c.customer_key = n.customer_key
    LEFT JOIN line AS l ON l.customer_key = n.customer_key
    LEFT JOIN kind AS t ON t.customer_type = coalesce(c.customer_type, '')
    LEFT JOIN bought AS b ON b.customer_key = n.customer_key
    LEFT JOIN back AS r ON r.customer_key = n.customer_key
    LEFT JOIN asked AS a ON a.customer_key = n.customer_key
    LEFT JOIN owed AS o ON o.customer_key = n.customer_key
), placed AS (
    SELECT customer_key, row_number() OVER (ORDER BY expected_on_time, lines_due DESC, customer_key) AS service_rank
    FROM rated
    WHERE lines_due >= 5
)
SELECT r.customer_key, r.channel_key, r.geo_key, r.employee_key, CAST(r.lines_due AS INTEGER) AS lines_due, CAST(r.lines_on_time AS INTEGER) AS lines_on_time,
       r.on_time,
       CASE WHEN r.lines_due > 0 THEN greatest((r.on_time + 1.920729 / r.lines_due - 1.959964 * sqrt(greatest(r.on_time * (1 - r.on_time) + 0.9603647 / r.lines_due, 0) / r.lines_due)) / (1 + 3.841459 / r.lines_due), 0) END AS on_time_low,
       CASE WHEN r.lines_due > 0 THEN least((r.on_time + 1.920729 / r.lines_due + 1.959964 * sqrt(greatest(r.on_time * (1 - r.on_time) + 0.9603647 / r.lines_due, 0) / r.lines_due)) / (1 + 3.841459 / r.lines_due), 1) END AS on_time_high,
       r.expected_on_time, CAST(p.service_rank AS INTEGER) AS service_rank, CAST(r.lines_otif AS INTEGER) AS lines_otif, r.otif,
       CASE WHEN r.lines_due > 0 THEN greatest((r.otif + 1.920729 / r.lines_due - 1.959964 * sqrt(greatest(r.otif * (1 - r.otif) + 0.9603647 / r.lines_due, 0) / r.lines_due)) / (1 + 3.841459 / r.lines_due), 0) END AS otif_low,
       CASE WHEN r.lines_due > 0 THEN least((r.otif + 1.920729 / r.lines_due + 1.959964 * sqrt(greatest(r.otif * (1 - r.otif) + 0.9603647 / r.lines_due, 0) / r.lines_due)) / (1 + 3.841459 / r.lines_due), 1) END AS otif_high,
       CAST(r.copies_wanted AS BIGINT) AS copies_wanted, CAST(r.copies_filled AS BIGINT) AS copies_filled, CAST(r.copies_filled AS DOUBLE) / nullif(CAST(r.copies_wanted AS DOUBLE), 0) AS fill_rate,
       CAST(r.late_p50 AS INTEGER) AS late_p50, CAST(r.late_p90 AS INTEGER) AS late_p90,
       CAST(r.net AS DECIMAL(18, 4)) AS net, CAST(r.copies_bought AS BIGINT) AS copies_bought, CAST(r.copies_returned AS BIGINT) AS copies_returned, CAST(r.copies_faulty AS BIGINT) AS copies_faulty,
       CAST(r.copies_returned AS DOUBLE) / nullif(CAST(r.copies_bought AS DOUBLE), 0) AS return_rate, CAST(r.value_returned AS DECIMAL(18, 4)) AS value_returned,
       CAST(r.tickets AS INTEGER) AS tickets, CAST(r.complaints AS INTEGER) AS complaints, CAST(r.open_tickets AS INTEGER) AS open_tickets, r.response_hours_p50,
       CAST(r.invoices_paid AS INTEGER) AS invoices_paid, CAST(r.invoices_late AS INTEGER) AS invoices_late, CAST(r.days_to_pay AS INTEGER) AS days_to_pay,
       CAST(r.open AS DECIMAL(18, 4)) AS open, CAST(r.overdue AS DECIMAL(18, 4)) AS overdue, CAST(r.billed_90d AS DECIMAL(18, 4)) AS billed_90d,
       CASE WHEN r.billed_90d > 0 THEN CAST(r.open AS DOUBLE) / CAST(r.billed_90d AS DOUBLE) * 90 END AS dso
FROM rated AS r
LEFT JOIN placed AS p ON p.customer_key = r.customer_key
ORDER BY r.customer_key
