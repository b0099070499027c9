-- One rate per currency and day (middle rate before settlement before quote),
-- and the rates of the days that orders and purchases fall on. On a day the
-- markets are closed (weekends, holidays of calendar_event) the last rate of
-- the seven days before counts; any other day without a rate has none.
CREATE OR REPLACE TEMP TABLE star_rate AS
WITH preferred AS (
    SELECT rate_date, ccy, rate,
           row_number() OVER (
               PARTITION BY ccy, rate_date
               ORDER BY CASE kind WHEN 'mid' THEN 1 WHEN 'settle' THEN 2 WHEN 'quote' THEN 3 ELSE 4 END, kind NULLS LAST, rate
           ) AS place
    FROM stage.fx_rate
    WHERE rate > 0
)
SELECT ccy, rate_date, rate FROM preferred WHERE place = 1;

CREATE OR REPLACE TEMP TABLE star_rate_day AS
WITH needed AS (
    SELECT ccy, CAST(order_date AS DATE) AS day FROM stage.order_header WHERE ccy IS NOT NULL
    UNION
    SELECT ccy, po_date FROM stage.purchase_order WHERE ccy IS NOT NULL
), closed AS (
    SELECT n.ccy, n.day, max(r.rate_date) AS rate_date
    FROM needed n
    LEFT JOIN stage.calendar_event e ON e.date = n.day AND e.kind = 'holiday'
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
