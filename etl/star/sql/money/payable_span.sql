-- What changed of each payable by day and what was open in between, as of
-- receivables.
CREATE OR REPLACE TEMP TABLE star_payable_event AS
WITH event AS (
    SELECT inv_id, inv_date AS day, CASE WHEN rate = 1 THEN amount_fcy ELSE CAST(CAST(amount_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS delta, true AS is_bill
    FROM star_supplier_invoice
    WHERE refused IS NULL
    UNION ALL
    SELECT x.inv_id, x.settled_on, -x.settled, false
    FROM star_supplier_payment x
    CROSS JOIN meta.star_parameter p
    WHERE x.refused IS NULL AND x.pay_date <= p.as_of
), daily AS (
    SELECT inv_id, day, CAST(sum(delta) AS DECIMAL(18, 4)) AS delta, CAST(sum(CASE WHEN is_bill THEN delta END) AS DECIMAL(18, 4)) AS billed
    FROM event
    GROUP BY inv_id, day
)
SELECT i.supplier_key, d.inv_id, d.day, i.due_date, d.delta, d.billed
FROM daily d
JOIN star_supplier_invoice i ON i.inv_id = d.inv_id;

CREATE OR REPLACE TEMP TABLE star_payable_span AS
WITH running AS (
    SELECT supplier_key, inv_id, due_date, day AS first_day,
           CAST(sum(delta) OVER (PARTITION BY inv_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS DECIMAL(18, 4)) AS open,
           coalesce(lead(day) OVER (PARTITION BY inv_id ORDER BY day), DATE '9999-12-31') AS end_day
    FROM star_payable_event
)
SELECT supplier_key, first_day, end_day, open, due_date
FROM running
WHERE open <> 0;
