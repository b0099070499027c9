-- feature.churn: the customers at risk of leaving at origins, what was known of
-- each on that day, and, apart from that, when each ordered next. One row per
-- origin of feature.churn_until and customer of feature.churn_who that has ordered
-- and whose silence is no longer than the limit of its type. Parameters: the first
-- and the last origin, days since 1970-01-01.
-- Everything but next_day looks at rows dated up to the origin and at states as
-- they were then: a ticket resolved, a line delivered, an invoice paid later is open.
-- A feature is NULL where its source has no row up to the origin. Titles are those of
-- the 730 days up to it; who else buys them is counted in a sample of customers that is
-- the same at all origins (feature.churn_title) and drawn towards the mean by five. What
-- is told of titles is less the mean of all customers, as it moves with the history; means
-- are of millionths, which add up alike in any order.
--   next_day  the first order day after the origin up to the as-of date; the
--             outcome, no feature
WITH mark AS (
    SELECT DISTINCT p.origin AS o, DATE '1970-01-01' + p.origin AS date,
           CAST(EXTRACT(year FROM DATE '1970-01-01' + p.origin) * 10000 + EXTRACT(month FROM DATE '1970-01-01' + p.origin) * 100 + EXTRACT(day FROM DATE '1970-01-01' + p.origin) AS INTEGER) AS date_key
    FROM feature.churn_until AS p
    WHERE p.origin BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)
), has AS (
    SELECT a.o,
           (SELECT min(x.return_date) FROM core.fact_return AS x) <= a.date AS returns,
           (SELECT min(x.promised) FROM feature.churn_late AS x) < a.o AS stages,
           (SELECT min(x.date) FROM core.fact_ticket AS x) <= a.date AS tickets,
           (SELECT min(x.date) FROM core.fact_activity AS x) <= a.date AS activities,
           (SELECT min(x.invoice_date) FROM core.fact_receivable AS x) <= a.date AS invoices,
           (SELECT min(x.date) FROM core.fact_campaign_target AS x) <= a.date AS campaigns,
           (SELECT min(x.date) FROM core.fact_quote AS x) <= a.date AS quotes,
           (SELECT min(x.start_date) FROM core.fact_contract AS x) <= a.date AS contracts,
           (SELECT min(x.day) FROM feature.churn_class AS x) <= a.o AS classes
    FROM mark AS a
), typed AS (
    SELECT a.o, c.customer_key, coalesce(max(CASE WHEN v.valid_from <= a.date AND (v.valid_to IS NULL OR v.valid_to > a.date OR v.is_current) THEN v.customer_type END), max(c.customer_type), '') AS customer_type
    FROM core.dim_customer AS c
    INNER JOIN feature.churn_who AS w ON w.customer_key = c.customer_key
    CROSS JOIN mark AS a
    LEFT JOIN core.dim_customer_version AS v ON v.customer_key = c.customer_key
    WHERE c.customer_key <> -1
    GROUP BY a.o, c.customer_key
), bought AS (
    SELECT d.customer_key, a.o, t.customer_type, u.type_no, u.until,
           min(d.day) AS first_day, max(CASE WHEN d.day <= a.o THEN d.day END) AS last_day, min(CASE WHEN d.day > a.o THEN d.day END) AS next_day,
           count(CASE WHEN d.day <= a.o THEN 1 END) AS days,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN 1 END) AS days_365,
           count(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 730 THEN 1 END) AS days_730,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 183 THEN 1 END) AS days_183,
           count(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 548 THEN 1 END) AS days_548,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 91 THEN 1 END) AS days_91,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 30 THEN 1 END) AS days_30,
           count(CASE WHEN d.day > a.o - 365 AND d.day <= u.until - 365 AND d.day <= a.o THEN 1 END) AS season_1,
           count(CASE WHEN d.day > a.o - 730 AND d.day <= u.until - 730 THEN 1 END) AS season_2,
           count(DISTINCT CASE WHEN d.day <= a.o AND d.day > a.o - 364 THEN (a.o - d.day) // 28 END) AS spread,
           sum(CASE WHEN d.day <= a.o THEN CAST(d.gap AS BIGINT) * d.gap END) AS gap_squares,
           max(CASE WHEN d.day <= a.o THEN d.gap END) AS gap_max,
           sum(CASE WHEN d.day <= a.o THEN d.orders END) AS orders,
           sum(CASE WHEN d.day <= a.o THEN d.lines END) AS lines,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN d.lines END) AS lines_365,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN d.textbooks END) AS textbooks_365,
           sum(CASE WHEN d.day <= a.o THEN d.fresh END) AS fresh,
           sum(CASE WHEN d.day <= a.o THEN d.copies END) AS copies,
           sum(CASE WHEN d.day <= a.o THEN d.value END) AS value,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN d.value END) AS value_365,
           sum(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 730 THEN d.value END) AS value_730,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 183 THEN d.value END) AS value_183,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN d.listed END) AS listed_365,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 183 THEN d.listed END) AS listed_183,
           sum(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN d.copies END) AS copies_365,
           sum(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 730 THEN d.copies END) AS copies_730
    FROM feature.churn_day AS d
    CROSS JOIN mark AS a
    INNER JOIN typed AS t ON t.o = a.o AND t.customer_key = d.customer_key
    INNER JOIN feature.churn_until AS u ON u.origin = a.o AND u.customer_type = t.customer_type
    GROUP BY d.customer_key, a.o, t.customer_type, u.type_no, u.until, u."limit"
    HAVING max(CASE WHEN d.day <= a.o THEN d.day END) >= a.o - u."limit"
), last_order AS (
    SELECT b.o, d.customer_key, d.value, d.lines, d.fresh
    FROM feature.churn_day AS d
    INNER JOIN bought AS b ON b.customer_key = d.customer_key AND b.last_day = d.day
), owned AS (
    SELECT a.o, t.customer_key, t.title_key, max(t.in_sample) AS in_sample, max(t.day) AS last_day
    FROM feature.churn_title AS t
    INNER JOIN feature.churn_who AS who ON who.customer_key = t.customer_key
    CROSS JOIN mark AS a
    WHERE t.day <= a.o AND t.day > a.o - 730
    GROUP BY a.o, t.customer_key, t.title_key
), alive AS (
    SELECT a.o, t.customer_key, CASE WHEN max(t.day) > a.o - 91 THEN 1 ELSE 0 END AS orders
    FROM feature.churn_title AS t
    CROSS JOIN mark AS a
    WHERE t.day <= a.o AND t.in_sample = 1
    GROUP BY a.o, t.customer_key
), alive_all AS (
    SELECT v.o, CAST(sum(v.orders) AS DOUBLE) / CAST(count(*) AS DOUBLE) AS orders
    FROM alive AS v
    GROUP BY v.o
), title AS (
    SELECT w.o, w.title_key, count(*) AS buyers, sum(v.orders) AS orders, count(CASE WHEN w.last_day > w.o - 91 THEN 1 END) AS recent
    FROM owned AS w
    INNER JOIN alive AS v ON v.o = w.o AND v.customer_key = w.customer_key
    GROUP BY w.o, w.title_key
), title_age AS (
    SELECT t.title_key, min(t.day) AS first_day
    FROM feature.churn_title AS t
    WHERE t.in_sample = 1
    GROUP BY t.title_key
), company AS (
    SELECT c.o, c.customer_key, CAST(sum(c.orders) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS orders, CAST(sum(c.recent) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS recent,
           CAST(sum(c.buyers) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS buyers, CAST(sum(c.age) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS age
    FROM (
        SELECT w.o, w.customer_key,
               CAST(round(1000000 * (coalesce(s.orders, 0) - coalesce(v.orders, 0) + 5 * m.orders) / CAST(coalesce(s.buyers, 0) - w.in_sample + 5 AS DOUBLE)) AS BIGINT) AS orders,
               CAST(round(1000000 * ln(CAST(1 + coalesce(s.recent, 0) - CASE WHEN w.last_day > w.o - 91 THEN w.in_sample ELSE 0 END AS DOUBLE))) AS BIGINT) AS recent,
               CAST(round(1000000 * ln(CAST(1 + coalesce(s.buyers, 0) - w.in_sample AS DOUBLE))) AS BIGINT) AS buyers,
               CAST(round(1000000 * ln(CAST(1 + w.o - least(w.last_day, coalesce(g.first_day, w.last_day)) AS DOUBLE))) AS BIGINT) AS age
        FROM owned AS w
        INNER JOIN alive_all AS m ON m.o = w.o
        LEFT JOIN title AS s ON s.o = w.o AND s.title_key = w.title_key
        LEFT JOIN alive AS v ON v.o = w.o AND v.customer_key = w.customer_key
        LEFT JOIN title_age AS g ON g.title_key = w.title_key
    ) AS c
    GROUP BY c.o, c.customer_key
), company_all AS (
    SELECT c.o, CAST(sum(CAST(round(1000000 * c.orders) AS BIGINT)) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS orders, CAST(sum(CAST(round(1000000 * c.recent) AS BIGINT)) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS recent,
           CAST(sum(CAST(round(1000000 * c.buyers) AS BIGINT)) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS buyers, CAST(sum(CAST(round(1000000 * c.age) AS BIGINT)) AS DOUBLE) / CAST(1000000 * count(*) AS DOUBLE) AS age
    FROM company AS c
    GROUP BY c.o
), peer AS (
    SELECT b.o, b.customer_type, quantile_disc(coalesce(b.value_365, 0), 0.8) AS value_365,
           CAST(sum(b.days_183) AS DOUBLE) AS days_183, CAST(sum(CASE WHEN b.first_day <= b.o - 548 THEN b.days_183 END) AS DOUBLE) AS old_183,
           CAST(sum(CASE WHEN b.first_day <= b.o - 548 THEN b.days_548 END) AS DOUBLE) AS old_548
    FROM bought AS b
    GROUP BY b.o, b.customer_type
), season AS (
    SELECT a.o, t.customer_type, CAST(count(CASE WHEN d.day <= u.until - 365 THEN 1 END) AS DOUBLE) / CAST(nullif(count(*), 0) AS DOUBLE) * 365 / CAST(u.until - a.o AS DOUBLE) AS season
    FROM feature.churn_day AS d
    CROSS JOIN mark AS a
    INNER JOIN typed AS t ON t.o = a.o AND t.customer_key = d.customer_key
    INNER JOIN feature.churn_until AS u ON u.origin = a.o AND u.customer_type = t.customer_type
    WHERE d.day > a.o - 365 AND d.day <= a.o AND (SELECT min(x.day) FROM feature.churn_day AS x) <= a.o - 365
    GROUP BY t.customer_type, u.until, a.o
), class AS (
    SELECT a.o, k.customer_key, k.bucket, sum(CASE WHEN k.day > a.o - 365 THEN k.lines ELSE 0 END) AS now_lines, sum(CASE WHEN k.day <= a.o - 365 THEN k.lines ELSE 0 END) AS old_lines
    FROM feature.churn_class AS k
    INNER JOIN feature.churn_who AS who ON who.customer_key = k.customer_key
    CROSS JOIN mark AS a
    WHERE k.day <= a.o AND k.day > a.o - 1095
    GROUP BY a.o, k.customer_key, k.bucket
), class_sum AS (
    SELECT c.o, c.customer_key, c.now_lines, c.old_lines, sum(c.now_lines) OVER of_one AS now_all, sum(c.old_lines) OVER of_one AS old_all,
           row_number() OVER (PARTITION BY c.o, c.customer_key ORDER BY c.old_lines DESC, c.bucket) AS place
    FROM class AS c
    WINDOW of_one AS (PARTITION BY c.o, c.customer_key)
), breadth AS (
    SELECT c.o, c.customer_key, count(CASE WHEN c.now_lines > 0 THEN 1 END) AS classes,
           CASE WHEN max(c.now_all) >= 3 AND max(c.old_all) >= 3 THEN CAST(sum(CAST(abs(c.now_lines * c.old_all - c.old_lines * c.now_all) AS BIGINT)) AS DOUBLE) / CAST(2 * max(c.now_all) * max(c.old_all) AS DOUBLE) END AS drift,
           max(CASE WHEN c.place = 1 AND c.now_all >= 3 AND c.old_all >= 3 THEN CAST(c.old_lines AS DOUBLE) / CAST(c.old_all AS DOUBLE) - CAST(c.now_lines AS DOUBLE) / CAST(c.now_all AS DOUBLE) END) AS top_fall
    FROM class_sum AS c
    GROUP BY c.o, c.customer_key
), returned AS (
    SELECT a.o, r.customer_key, sum(CASE WHEN r.return_date > a.date - 365 THEN r.value ELSE 0 END) AS value, count(CASE WHEN r.return_date > a.date - 365 THEN 1 END) AS lines
    FROM core.fact_return AS r
    INNER JOIN feature.churn_who AS who ON who.customer_key = r.customer_key
    CROSS JOIN mark AS a
    WHERE r.return_date <= a.date
    GROUP BY a.o, r.customer_key
), late AS (
    SELECT a.o, g.customer_key, sum(g.lines) AS due, sum(g.late) AS late,
           sum(CASE WHEN g.promised > a.o - 183 THEN g.late ELSE 0 END) AS late_183,
           sum(CASE WHEN g.ended_key = -1 OR g.ended_key > a.date_key THEN g.late ELSE 0 END) AS waiting
    FROM feature.churn_late AS g
    INNER JOIN feature.churn_who AS who ON who.customer_key = g.customer_key
    CROSS JOIN mark AS a
    WHERE g.promised < a.o AND g.promised > a.o - 365
    GROUP BY a.o, g.customer_key
), ticket AS (
    SELECT t.o, t.customer_key, count(*) AS tickets,
           sum(CASE WHEN t.date > t.at_date - 183 THEN t.complaints ELSE 0 END) AS complaints,
           sum(CASE WHEN t.date > t.at_date - 183 AND t.complaints > 0 AND t.date < t.at_date - 30 AND coalesce(t.took, 999) > 30 THEN 1 ELSE 0 END) AS unresolved,
           sum(CASE WHEN t.date > t.at_date - 183 AND t.complaints > 0 AND t.took < 3 THEN 1 ELSE 0 END) AS quick
    FROM (
        SELECT a.o, f.customer_key, f.date, f.complaints, a.date AS at_date,
               CASE WHEN CAST(f.date AS TIMESTAMP) + to_hours(CAST(ceil(f.resolution_hours) AS BIGINT)) <= CAST(a.date AS TIMESTAMP) THEN CAST(f.resolution_hours AS DOUBLE) / 24 END AS took
        FROM core.fact_ticket AS f
        INNER JOIN feature.churn_who AS who ON who.customer_key = f.customer_key
        CROSS JOIN mark AS a
        WHERE f.date <= a.date AND f.date > a.date - 365
    ) AS t
    GROUP BY t.o, t.customer_key
), contact AS (
    SELECT a.o, x.customer_key, count(CASE WHEN x.date > a.date - 183 THEN 1 END) AS contacts, CAST(max(a.date) - max(x.date) AS INTEGER) AS silence
    FROM core.fact_activity AS x
    INNER JOIN feature.churn_who AS who ON who.customer_key = x.customer_key
    CROSS JOIN mark AS a
    WHERE x.date <= a.date
    GROUP BY a.o, x.customer_key
), invoice AS (
    SELECT i.o, i.customer_key, count(CASE WHEN i.due_date < i.at_date AND i.is_open THEN 1 END) AS overdue,
           count(CASE WHEN i.invoice_date > i.at_date - 730 AND i.due_date < i.at_date THEN 1 END) AS due,
           count(CASE WHEN i.invoice_date > i.at_date - 730 AND i.due_date < i.at_date AND i.was_late THEN 1 END) AS late
    FROM (
        SELECT a.o, v.customer_key, v.invoice_date, v.due_date, a.date AS at_date, coalesce(v.settled_date > a.date, true) AS is_open,
               coalesce(v.settled_date > v.due_date, true) AS was_late
        FROM core.fact_receivable AS v
        INNER JOIN feature.churn_who AS who ON who.customer_key = v.customer_key
        CROSS JOIN mark AS a
        WHERE v.invoice_date <= a.date AND NOT coalesce(v.is_credit, false)
    ) AS i
    GROUP BY i.o, i.customer_key
), person AS (
    SELECT s.o, s.customer_key, CASE WHEN e.leave_date <= a.date THEN 1 ELSE 0 END AS has_left,
           CASE WHEN s.old_sale % 1000000000 <> s.now_sale % 1000000000 THEN 1 WHEN s.old_sale IS NOT NULL THEN 0 END AS changed
    FROM (
        SELECT a.o, d.customer_key, max(CAST(d.day AS BIGINT) * 1000000000 + d.employee_key) AS now_sale,
               max(CASE WHEN d.day <= a.o - 365 THEN CAST(d.day AS BIGINT) * 1000000000 + d.employee_key END) AS old_sale
        FROM feature.churn_day AS d
        INNER JOIN feature.churn_who AS who ON who.customer_key = d.customer_key
        CROSS JOIN mark AS a
        WHERE d.day <= a.o AND d.day > a.o - 730 AND d.employee_key IS NOT NULL
        GROUP BY a.o, d.customer_key
    ) AS s
    INNER JOIN mark AS a ON a.o = s.o
    LEFT JOIN core.dim_employee AS e ON e.employee_key = s.now_sale % 1000000000
), mail AS (
    SELECT a.o, m.customer_key, count(*) AS sent
    FROM core.fact_campaign_target AS m
    INNER JOIN feature.churn_who AS who ON who.customer_key = m.customer_key
    CROSS JOIN mark AS a
    WHERE m.date <= a.date AND m.date > a.date - 365 AND m.is_treated
    GROUP BY a.o, m.customer_key
), answer AS (
    SELECT a.o, m.customer_key, count(*) AS answers
    FROM core.fact_campaign_response AS m
    INNER JOIN feature.churn_who AS who ON who.customer_key = m.customer_key
    CROSS JOIN mark AS a
    WHERE m.date <= a.date AND m.date > a.date - 365
    GROUP BY a.o, m.customer_key
), quote AS (
    SELECT a.o, q.customer_key, count(*) AS quotes,
           count(CASE WHEN q.date <= a.date - 60 AND (q.days_to_order IS NULL OR q.days_to_order > 60) THEN 1 END) AS refused
    FROM core.fact_quote AS q
    INNER JOIN feature.churn_who AS who ON who.customer_key = q.customer_key
    CROSS JOIN mark AS a
    WHERE q.date <= a.date AND q.date > a.date - 365
    GROUP BY a.o, q.customer_key
), contract AS (
    SELECT a.o, c.customer_key, min(CAST(c.end_date - a.date AS INTEGER)) AS days_left
    FROM core.fact_contract AS c
    INNER JOIN feature.churn_who AS who ON who.customer_key = c.customer_key
    CROSS JOIN mark AS a
    WHERE c.start_date <= a.date AND c.end_date >= a.date
    GROUP BY a.o, c.customer_key
)
SELECT b.customer_key, b.customer_type, b.type_no, b.o AS origin, b.until, b.first_day, b.last_day, b.next_day,
       b.o - b.last_day AS recency,
       b.o - b.first_day AS tenure,
       b.days, b.days_365, b.days_183, b.days_91, b.days_30,
       CASE WHEN b.first_day <= b.o - 730 THEN b.days_730 END AS days_before,
       b.spread,
       CASE WHEN b.first_day <= b.o - 365 THEN b.season_1 END AS season_days,
       CASE WHEN b.first_day <= b.o - 730 THEN b.season_2 END AS season_before,
       s.season AS season_type,
       CASE WHEN b.days > 1 THEN CAST(b.last_day - b.first_day AS DOUBLE) / CAST(b.days - 1 AS DOUBLE) END AS gap_mean,
       CASE WHEN b.days > 2 THEN sqrt(greatest(0, CAST(b.gap_squares AS DOUBLE) / CAST(b.days - 1 AS DOUBLE) - power(CAST(b.last_day - b.first_day AS DOUBLE) / CAST(b.days - 1 AS DOUBLE), 2))) / (CAST(b.last_day - b.first_day AS DOUBLE) / CAST(b.days - 1 AS DOUBLE)) END AS gap_cv,
       CASE WHEN b.days > 1 THEN CAST(b.o - b.last_day AS DOUBLE) * CAST(b.days - 1 AS DOUBLE) / CAST(b.last_day - b.first_day AS DOUBLE) END AS overdue,
       CASE WHEN b.days > 1 THEN CAST(b.o - b.last_day AS DOUBLE) / CAST(b.gap_max AS DOUBLE) END AS overdue_max,
       CASE WHEN b.first_day <= b.o - 548 THEN ln(CAST(b.days_183 + 1 AS DOUBLE) / CAST(b.days_548 + 1 AS DOUBLE)) - ln((p.old_183 + 1) / (p.old_548 + 1)) END AS trend,
       CAST(coalesce(b.value_365, 0) AS DOUBLE) AS value_365,
       CASE WHEN b.first_day <= b.o - 730 THEN ln((CAST(coalesce(b.value_365, 0) AS DOUBLE) + 100) / (CAST(coalesce(b.value_730, 0) AS DOUBLE) + 100)) END AS value_change,
       CAST(b.value AS DOUBLE) / CAST(b.orders AS DOUBLE) AS order_value,
       CAST(b.lines AS DOUBLE) / CAST(b.orders AS DOUBLE) AS order_lines,
       CAST(b.copies AS DOUBLE) / CAST(b.lines AS DOUBLE) AS line_copies,
       CAST(b.fresh AS DOUBLE) AS titles,
       CAST(b.fresh AS DOUBLE) / CAST(b.lines AS DOUBLE) AS fresh_share,
       CASE WHEN b.copies > 0 THEN CAST(b.value AS DOUBLE) / CAST(b.copies AS DOUBLE) END AS copy_value,
       CASE WHEN b.value > 0 THEN CAST(lo.value AS DOUBLE) * CAST(b.days AS DOUBLE) / CAST(b.value AS DOUBLE) END AS last_value,
       lo.lines AS last_lines,
       CASE WHEN lo.lines > 0 THEN CAST(lo.fresh AS DOUBLE) / CAST(lo.lines AS DOUBLE) END AS last_fresh,
       cp.orders - ca.orders AS title_alive, cp.recent - ca.recent AS title_recent, cp.buyers - ca.buyers AS title_buyers, cp.age - ca.age AS title_age,
       CASE WHEN p.value_365 > 0 THEN CAST(coalesce(b.value_365, 0) AS DOUBLE) / CAST(p.value_365 AS DOUBLE) END AS peer_share,
       CASE WHEN b.listed_365 > 0 THEN 1 - CAST(b.value_365 AS DOUBLE) / CAST(b.listed_365 AS DOUBLE) END AS discount,
       CASE WHEN b.copies_365 > 0 AND b.copies_730 > 0 AND b.value_365 > 0 AND b.value_730 > 0
            THEN ln(CAST(b.value_365 AS DOUBLE) / CAST(b.copies_365 AS DOUBLE)) - ln(CAST(b.value_730 AS DOUBLE) / CAST(b.copies_730 AS DOUBLE)) END AS price_change,
       CASE WHEN b.lines_365 > 0 THEN CAST(b.textbooks_365 AS DOUBLE) / CAST(b.lines_365 AS DOUBLE) END AS textbook_share,
       CASE WHEN h.classes THEN coalesce(br.classes, 0) END AS classes, br.drift AS class_drift, br.top_fall AS class_fall,
       CASE WHEN h.returns AND b.value_365 > 0 THEN least(1, greatest(0, CAST(coalesce(rt.value, 0) AS DOUBLE) / CAST(b.value_365 AS DOUBLE))) END AS returned_share,
       CASE WHEN h.returns THEN coalesce(rt.lines, 0) END AS returned_lines,
       CASE WHEN h.stages THEN coalesce(la.late_183, 0) END AS late_183,
       CASE WHEN la.due > 0 THEN CAST(la.late AS DOUBLE) / CAST(la.due AS DOUBLE) END AS late_share,
       CASE WHEN h.stages THEN coalesce(la.waiting, 0) END AS late_waiting,
       CASE WHEN h.tickets THEN coalesce(ti.tickets, 0) END AS tickets,
       CASE WHEN h.tickets THEN coalesce(ti.complaints, 0) END AS complaints,
       CASE WHEN h.tickets THEN coalesce(ti.unresolved, 0) END AS unresolved,
       CASE WHEN h.tickets THEN coalesce(ti.quick, 0) END AS resolved_quick,
       CASE WHEN h.activities THEN coalesce(co.contacts, 0) END AS contacts,
       co.silence AS contact_silence,
       CASE WHEN h.invoices THEN coalesce(iv.overdue, 0) END AS invoices_overdue,
       CASE WHEN iv.due > 0 THEN CAST(iv.late AS DOUBLE) / CAST(iv.due AS DOUBLE) END AS paid_late,
       pe.has_left AS salesperson_left, pe.changed AS salesperson_changed,
       CASE WHEN h.campaigns THEN coalesce(ma.sent, 0) END AS mailings,
       CASE WHEN h.campaigns THEN coalesce(an.answers, 0) END AS answers,
       CASE WHEN h.quotes THEN coalesce(qu.quotes, 0) END AS quotes,
       CASE WHEN qu.quotes > 0 THEN CAST(qu.refused AS DOUBLE) / CAST(qu.quotes AS DOUBLE) END AS quotes_refused,
       CASE WHEN h.contracts THEN coalesce(cn.days_left, -1) END AS contract_days
FROM bought AS b
INNER JOIN has AS h ON h.o = b.o
INNER JOIN peer AS p ON p.o = b.o AND p.customer_type = b.customer_type
LEFT JOIN season AS s ON s.o = b.o AND s.customer_type = b.customer_type
LEFT JOIN last_order AS lo ON lo.o = b.o AND lo.customer_key = b.customer_key
LEFT JOIN company AS cp ON cp.o = b.o AND cp.customer_key = b.customer_key
LEFT JOIN company_all AS ca ON ca.o = b.o
LEFT JOIN breadth AS br ON br.o = b.o AND br.customer_key = b.customer_key
LEFT JOIN returned AS rt ON rt.o = b.o AND rt.customer_key = b.customer_key
LEFT JOIN late AS la ON la.o = b.o AND la.customer_key = b.customer_key
LEFT JOIN ticket AS ti ON ti.o = b.o AND ti.customer_key = b.customer_key
LEFT JOIN contact AS co ON co.o = b.o AND co.customer_key = b.customer_key
LEFT JOIN invoice AS iv ON iv.o = b.o AND iv.customer_key = b.customer_key
LEFT JOIN person AS pe ON pe.o = b.o AND pe.customer_key = b.customer_key
LEFT JOIN mail AS ma ON ma.o = b.o AND ma.customer_key = b.customer_key
LEFT JOIN answer AS an ON an.o = b.o AND an.customer_key = b.customer_key
LEFT JOIN quote AS qu ON qu.o = b.o AND qu.customer_key = b.customer_key
LEFT JOIN contract AS cn ON cn.o = b.o AND cn.customer_key = b.customer_key
ORDER BY b.o, b.customer_key
