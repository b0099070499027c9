-- The rate of a quotation is that of its first day; on a day the markets are
-- closed the last of the seven days before.
CREATE OR REPLACE TEMP TABLE star_quote_rate AS
WITH needed AS (
    SELECT DISTINCT ccy, valid_from AS day FROM stage.quote WHERE ccy IS NOT NULL
), closed AS (
    SELECT n.ccy, n.day, max(r.rate_date) AS rate_date
    FROM needed n
    LEFT JOIN (SELECT DISTINCT date FROM stage.calendar_event WHERE kind = 'holiday') e ON e.date = n.day
    JOIN star_rate r ON r.ccy = n.ccy AND r.rate_date BETWEEN n.day - 7 AND n.day
    WHERE EXTRACT(isodow FROM n.day) >= 6 OR e.date IS NOT NULL
    GROUP BY n.ccy, n.day
)
SELECT n.ccy, n.day, CASE WHEN n.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate
FROM needed n
CROSS JOIN meta.star_parameter p
LEFT JOIN closed c ON c.ccy = n.ccy AND c.day = n.day
LEFT JOIN star_rate r ON r.ccy = n.ccy AND r.rate_date = coalesce(c.rate_date, n.day)
WHERE n.ccy = p.currency OR r.rate IS NOT NULL;

-- Quotations as facts count them: what keeps one out is named in refused.
CREATE OR REPLACE TEMP TABLE star_quote AS
SELECT q.quote_id,
       coalesce(m.customer_key, -1) AS customer_key, coalesce(t.title_key, -1) AS title_key,
       q.valid_from, coalesce(q.valid_to, q.valid_from + u.response_days) AS valid_to, q.price,
       coalesce(q.ccy, p.currency) AS ccy,
       CASE WHEN q.ccy IS NULL OR q.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate,
       CASE WHEN q.is_deleted THEN 'deleted in source'
            WHEN NOT coalesce(EXTRACT(year FROM q.valid_from) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, false) THEN 'valid_from: outside the calendar'
            WHEN q.ccy <> p.currency AND r.rate IS NULL THEN 'no rate' END AS refused
FROM stage.quote q
CROSS JOIN meta.star_parameter p
CROSS JOIN star_rule u
LEFT JOIN star_quote_rate r ON r.ccy = q.ccy AND r.day = q.valid_from
LEFT JOIN star_customer_map m ON m.customer_id = q.customer_id
LEFT JOIN star_title_map t ON t.title_id = q.title_id;

-- core.fact_quote: prices quoted, one row each, in report currency. A quotation is
-- accepted when its customer orders its title while it is valid, and conflicts
-- when another of the same customer and title, at another price, is valid on a day
-- that it is. One without a last day is valid as long as meta.relation_rule lets
-- an order follow.
CREATE OR REPLACE TABLE core.fact_quote AS
WITH accepted AS (
    SELECT q.quote_id, min(f.order_date) AS order_date, CAST(sum(f.net) AS DECIMAL(18, 4)) AS net, CAST(sum(f.qty) AS BIGINT) AS copies
    FROM star_quote q
    JOIN core.fact_order_line f ON f.customer_key = q.customer_key AND f.title_key = q.title_key AND f.order_date >= q.valid_from AND f.order_date <= q.valid_to
    WHERE q.refused IS NULL AND f.qty > 0 AND f.customer_key <> -1 AND f.title_key <> -1
    GROUP BY q.quote_id
), conflict AS (
    SELECT q.quote_id
    FROM star_quote q
    JOIN star_quote x ON x.customer_key = q.customer_key AND x.title_key = q.title_key AND x.quote_id <> q.quote_id
         AND x.valid_from <= q.valid_to AND x.valid_to >= q.valid_from
    WHERE q.refused IS NULL AND x.refused IS NULL AND q.customer_key <> -1 AND q.title_key <> -1 AND (x.price <> q.price OR x.ccy <> q.ccy)
    GROUP BY q.quote_id
)
SELECT q.quote_id, s.customer_key, s.title_key,
       coalesce(t.publisher_key, -1) AS publisher_key,
       coalesce(t.clc_key, -1) AS clc_key,
       coalesce(e.employee_key, -1) AS employee_key,
       coalesce(o.geo_key, -1) AS geo_key,
       CAST(EXTRACT(year FROM s.valid_from) * 10000 + EXTRACT(month FROM s.valid_from) * 100 + EXTRACT(day FROM s.valid_from) AS INTEGER) AS date_key,
       s.valid_from AS date, s.valid_to,
       q.price AS price_ccy, s.rate,
       CAST(CAST(q.price AS DECIMAL(28, 4)) * s.rate AS DECIMAL(18, 4)) AS price,
       CASE WHEN a.quote_id IS NOT NULL THEN 1 ELSE 0 END AS accepted,
       CASE WHEN a.quote_id IS NOT NULL THEN CAST(a.order_date - s.valid_from AS INTEGER) END AS days_to_order,
       coalesce(a.net, 0) AS net,
       coalesce(a.copies, 0) AS copies,
       CASE WHEN c.quote_id IS NOT NULL THEN 1 ELSE 0 END AS conflicts,
       CASE WHEN s.valid_from <= p.as_of AND s.valid_to >= p.as_of AND a.quote_id IS NULL THEN 1 ELSE 0 END AS pending,
       q.source, q._row AS source_row
FROM due.quote q
JOIN star_quote s ON s.quote_id = q.quote_id AND s.refused IS NULL
CROSS JOIN meta.star_parameter p
LEFT JOIN star_title_map t ON t.title_id = q.title_id
LEFT JOIN star_employee e ON e.employee_id = q.employee_id
LEFT JOIN star_customer_owner o ON o.customer_key = s.customer_key
LEFT JOIN accepted a ON a.quote_id = q.quote_id
LEFT JOIN conflict c ON c.quote_id = q.quote_id
ORDER BY s.valid_from, q.quote_id;
