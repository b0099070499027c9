-- core.fact_order_stage: one row per order line in core.fact_order_line, filled in
-- as the line goes on: thirteen dates, copies, batches, days, promises. The rules
-- are in order_flow.sql, ages and expected dates in order_age.sql. Ages, states and
-- expected dates are those of the as-of date.
-- on time: the first copies came by the promised day; otif: all copies did, and
-- none was cancelled but by the customer. Both are asked of lines that are due:
-- promised by the as-of date, not withdrawn, and with a known day if delivered.
-- term: a textbook is asked for by the first day of the term it names, else of the
-- term after the order; where its delivery is not dated, the day its last copies
-- were taken into stock stands for it.
CREATE OR REPLACE TABLE core.fact_order_stage AS
WITH dated AS (
    SELECT f.line_id,
           t1.date_key AS k1, t1.working_day_seq AS w1,
           t2.date_key AS k2, t2.working_day_seq AS w2,
           t3.date_key AS k3, t3.working_day_seq AS w3,
           t4.date_key AS k4, t4.working_day_seq AS w4,
           t5.date_key AS k5, t5.working_day_seq AS w5,
           t6.date_key AS k6, t6.working_day_seq AS w6,
           t7.date_key AS k7, t7.working_day_seq AS w7,
           t8.date_key AS k8, t8.working_day_seq AS w8,
           t9.date_key AS k9, t9.working_day_seq AS w9,
           t10.date_key AS k10, t10.working_day_seq AS w10,
           t11.date_key AS k11, t11.working_day_seq AS w11,
           t12.date_key AS k12, t12.working_day_seq AS w12,
           t13.date_key AS k13, t13.working_day_seq AS w13,
           t14.date_key AS promised_key, t15.date_key AS completed_key, t15.working_day_seq AS completed_seq
    FROM star_flow f
    JOIN star_flow_state s ON s.line_id = f.line_id
    LEFT JOIN core.dim_date t1 ON t1.date = f.d1
    LEFT JOIN core.dim_date t2 ON t2.date = f.d2
    LEFT JOIN core.dim_date t3 ON t3.date = f.d3
    LEFT JOIN core.dim_date t4 ON t4.date = f.d4
    LEFT JOIN core.dim_date t5 ON t5.date = f.d5
    LEFT JOIN core.dim_date t6 ON t6.date = f.d6
    LEFT JOIN core.dim_date t7 ON t7.date = f.d7
    LEFT JOIN core.dim_date t8 ON t8.date = f.d8
    LEFT JOIN core.dim_date t9 ON t9.date = f.d9
    LEFT JOIN core.dim_date t10 ON t10.date = f.d10
    LEFT JOIN core.dim_date t11 ON t11.date = f.d11
    LEFT JOIN core.dim_date t12 ON t12.date = f.d12
    LEFT JOIN core.dim_date t13 ON t13.date = f.d13
    LEFT JOIN core.dim_date t14 ON t14.date = f.promised
    LEFT JOIN core.dim_date t15 ON t15.date = s.completed
), judged AS (
    SELECT f.line_id,
           s.is_tracked AND s.qty_cancelled < f.qty_ordered AND f.promised <= p.as_of AND (s.qty_delivered = 0 OR f.d10 IS NOT NULL) AS is_due,
           s.is_tracked AND s.qty_cancelled < f.qty_ordered AND f.is_textbook AND f.term_start <= p.as_of
               AND (s.qty_open > 0 OR coalesce(s.completed, f.last_inbound) IS NOT NULL) AS is_term_due,
           CASE WHEN s.qty_open = 0 THEN coalesce(s.completed, f.last_inbound) END AS arrived,
           CASE WHEN f.cancel_reason IN ('customer', 'duplicate') THEN s.qty_cancelled ELSE 0 END AS qty_withdrawn,
           CASE WHEN d2 < d1 THEN 1 ELSE 0 END
           + CASE WHEN d3 < greatest(d1, d2) THEN 1 ELSE 0 END
           + CASE WHEN d4 < greatest(d1, d2, d3) THEN 1 ELSE 0 END
           + CASE WHEN d5 < greatest(d1, d2, d3, d4) THEN 1 ELSE 0 END
           + CASE WHEN d6 < greatest(d1, d2, d3, d4, d5) THEN 1 ELSE 0 END
           + CASE WHEN d7 < greatest(d1, d2, d3, d4, d5, d6) THEN 1 ELSE 0 END
           + CASE WHEN d8 < greatest(d1, d2, d3, d4, d5, d6, d7) THEN 1 ELSE 0 END
           + CASE WHEN d9 < greatest(d1, d2, d3, d4, d5, d6, d7, d8) THEN 1 ELSE 0 END
           + CASE WHEN d10 < greatest(d1, d2, d3, d4, d5, d6, d7, d8, d9) THEN 1 ELSE 0 END AS stages_out_of_order,
           CASE WHEN f.has_event THEN
           CASE WHEN d2 IS NULL AND coalesce(d3, d4, d5, d6, d7, d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d3 IS NULL AND coalesce(d4, d5, d6, d7, d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d4 IS NULL AND coalesce(d5, d6, d7, d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d5 IS NULL AND coalesce(d6, d7, d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d6 IS NULL AND coalesce(d7, d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d7 IS NULL AND coalesce(d8, d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d8 IS NULL AND coalesce(d9, d10) IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN d9 IS NULL AND coalesce(d10) IS NOT NULL THEN 1 ELSE 0 END END AS stages_skipped
    FROM star_flow f
    JOIN star_flow_state s ON s.line_id = f.line_id
    CROSS JOIN meta.star_parameter p
)
SELECT f.line_id, f.order_key, f.line_no, f.date_key, f.order_date, f.customer_key, f.title_key, f.clc_key, f.geo_key, f.channel_key,
       f.employee_key, f.publisher_key, f.supplier_key, f.catalogue_key, f.order_flag_key, coalesce(r.reason_key, -1) AS cancel_reason_key,
       coalesce(d.k1, -1) AS received_date_key,
       coalesce(d.k2, -1) AS ordered_date_key,
       coalesce(d.k3, -1) AS confirmed_date_key,
       coalesce(d.k4, -1) AS shipped_date_key,
       coalesce(d.k5, -1) AS arrived_date_key,
       coalesce(d.k6, -1) AS cleared_date_key,
       coalesce(d.k7, -1) AS inspected_date_key,
       coalesce(d.k8, -1) AS inbound_date_key,
       coalesce(d.k9, -1) AS outbound_date_key,
       coalesce(d.k10, -1) AS delivered_date_key,
       coalesce(d.k11, -1) AS invoiced_date_key,
       coalesce(d.k12, -1) AS paid_date_key,
       coalesce(d.k13, -1) AS cancelled_date_key,
       coalesce(d.promised_key, -1) AS promised_date_key, coalesce(d.completed_key, -1) AS completed_date_key,
       f.supplier_order_batch_key, f.consolidation_batch_key, f.customs_batch_key, f.settlement_batch_key, f.delivery_batch_key,
       f.qty_ordered, s.qty_cancelled, j.qty_withdrawn, s.qty_delivered, s.qty_open, s.qty_untracked, s.qty_over,
       f.q1 AS qty_received, f.q2 AS qty_supplier_ordered, f.q3 AS qty_confirmed, f.q4 AS qty_shipped, f.q5 AS qty_arrived, f.q6 AS qty_cleared, f.q7 AS qty_inspected,
       f.q8 AS qty_inbound, f.q9 AS qty_outbound, f.q11 AS qty_invoiced, f.q12 AS qty_paid, f.q13 AS qty_cancel_events,
       CASE WHEN f.d2 >= f.d1 THEN CAST(f.d2 - f.d1 AS INTEGER) END AS days_to_order,
       CASE WHEN f.d3 >= f.d2 THEN CAST(f.d3 - f.d2 AS INTEGER) END AS days_to_confirm,
       CASE WHEN f.d4 >= f.d3 THEN CAST(f.d4 - f.d3 AS INTEGER) END AS days_to_ship,
       CASE WHEN f.d5 >= f.d4 THEN CAST(f.d5 - f.d4 AS INTEGER) END AS days_transport,
       CASE WHEN f.d6 >= f.d5 THEN CAST(f.d6 - f.d5 AS INTEGER) END AS days_customs,
       CASE WHEN f.d7 >= f.d6 THEN CAST(f.d7 - f.d6 AS INTEGER) END AS days_inspection,
       CASE WHEN f.d8 >= f.d7 THEN CAST(f.d8 - f.d7 AS INTEGER) END AS days_to_stock,
       CASE WHEN f.d9 >= f.d8 THEN CAST(f.d9 - f.d8 AS INTEGER) END AS days_to_dispatch,
       CASE WHEN f.d10 >= f.d9 THEN CAST(f.d10 - f.d9 AS INTEGER) END AS days_delivery,
       CASE WHEN f.d11 >= f.d10 THEN CAST(f.d11 - f.d10 AS INTEGER) END AS days_to_invoice,
       CASE WHEN f.d12 >= f.d11 THEN CAST(f.d12 - f.d11 AS INTEGER) END AS days_to_pay,
       CASE WHEN f.d2 >= f.d1 THEN d.w2 - d.w1 END AS workdays_to_order,
       CASE WHEN f.d3 >= f.d2 THEN d.w3 - d.w2 END AS workdays_to_confirm,
       CASE WHEN f.d4 >= f.d3 THEN d.w4 - d.w3 END AS workdays_to_ship,
       CASE WHEN f.d5 >= f.d4 THEN d.w5 - d.w4 END AS workdays_transport,
       CASE WHEN f.d6 >= f.d5 THEN d.w6 - d.w5 END AS workdays_customs,
       CASE WHEN f.d7 >= f.d6 THEN d.w7 - d.w6 END AS workdays_inspection,
       CASE WHEN f.d8 >= f.d7 THEN d.w8 - d.w7 END AS workdays_to_stock,
       CASE WHEN f.d9 >= f.d8 THEN d.w9 - d.w8 END AS workdays_to_dispatch,
       CASE WHEN f.d10 >= f.d9 THEN d.w10 - d.w9 END AS workdays_delivery,
       CASE WHEN f.d11 >= f.d10 THEN d.w11 - d.w10 END AS workdays_to_invoice,
       CASE WHEN f.d12 >= f.d11 THEN d.w12 - d.w11 END AS workdays_to_pay,
       CAST(s.completed - f.d1 AS INTEGER) AS days_total, d.completed_seq - d.w1 AS workdays_total,
       CASE WHEN f.supplier_order_batch_key > 0 AND NOT f.is_rush AND s.completed IS NOT NULL AND f.d2 <= s.completed THEN CAST(f.d2 - f.d1 AS INTEGER) END AS batch_wait_days,
       CASE WHEN f.supplier_order_batch_key > 0 AND NOT f.is_rush AND s.completed IS NOT NULL AND f.d2 <= s.completed THEN CAST(s.completed - f.d1 AS INTEGER) END AS batched_total_days,
       f.promised AS promised_date, CASE WHEN f.d10 IS NOT NULL THEN CAST(s.completed - f.promised AS INTEGER) END AS days_late,
       j.is_due, CASE WHEN j.is_due THEN coalesce(f.d10 <= f.promised, false) END AS is_on_time,
       CASE WHEN j.is_due THEN coalesce(s.completed <= f.promised, false) AND s.qty_cancelled <= j.qty_withdrawn END AS is_otif,
       s.qty_open = 0 AND s.qty_delivered > 0 AS is_complete, s.qty_open > 0 AS is_open, s.is_tracked,
       s.qty_cancelled = f.qty_ordered AND f.qty_ordered > 0 AS is_cancelled, f.q13 > 0 AND f.q10 > 0 AND f.q13 + f.q10 > f.qty_ordered AS is_cancelled_then_delivered,
       s.qty_open > 0 AND a.is_overdue AS is_overdue, f.is_rush, f.is_textbook, f.term_start,
       j.is_term_due, CASE WHEN j.is_term_due THEN coalesce(j.arrived <= f.term_start, false) END AS is_term_on_time,
       s.current_stage_key, s.stage_since, a.age_in_stage, a.workdays_in_stage, a.age,
       coalesce(a.age_band_key, 0) AS age_band_key, coalesce(a.stage_age_band_key, 0) AS stage_age_band_key,
       j.stages_out_of_order, j.stages_skipped,
       CASE WHEN s.qty_open = 0 THEN CAST(0 AS DECIMAL(18, 4)) WHEN f.qty = 0 THEN CAST(0 AS DECIMAL(18, 4))
            WHEN s.qty_open >= f.qty THEN f.net ELSE CAST(CAST(CAST(f.net AS DECIMAL(28, 4)) * s.qty_open AS DOUBLE) / f.qty AS DECIMAL(18, 4)) END AS open_value,
       a.eta_p50, a.eta_p90, f.source, f.source_row
FROM star_flow f
JOIN star_flow_state s ON s.line_id = f.line_id
JOIN dated d ON d.line_id = f.line_id
JOIN judged j ON j.line_id = f.line_id
LEFT JOIN star_age a ON a.line_id = f.line_id
LEFT JOIN core.dim_reason r ON r.kind = 'cancel' AND r.code = f.cancel_reason
ORDER BY f.order_date, f.order_key, f.line_no NULLS LAST, f.line_id;
