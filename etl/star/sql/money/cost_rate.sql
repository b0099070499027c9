-- meta.cost_rate: what a minute of work, a kilometre, a return, a year of
-- storage and a year of capital cost, in report currency, and where each figure
-- comes from. Configured rates go first. A minute that is not configured is
-- derived where expenses of people (salaries, wages …) are known: what the
-- twelve full months before the as-of date's month cost, divided by the working
-- minutes of the people who were paid, eight hours a working day. Expenses that
-- name nobody pay for everybody employed that month.
CREATE OR REPLACE TEMP TABLE star_people_month AS
WITH bound AS (
    SELECT CAST(date_trunc('month', p.as_of) - INTERVAL 12 MONTH AS DATE) AS first_day,
           CAST(date_trunc('month', p.as_of) AS DATE) AS end_day
    FROM meta.star_parameter p
), paid AS (
    SELECT CAST(date_trunc('month', x.date) AS DATE) AS month, x.employee_id, x.amount
    FROM stage.expense x
    JOIN star_given k ON k.subject = 'people' AND k.name = lower(trim(x.kind))
    CROSS JOIN bound b
    WHERE x.date >= b.first_day AND x.date < b.end_day AND NOT coalesce(x.is_deleted, false)
), head AS (
    SELECT month, employee_id FROM paid WHERE employee_id IS NOT NULL
    UNION
    SELECT n.month, e.employee_id
    FROM (SELECT DISTINCT month FROM paid WHERE employee_id IS NULL) n
    JOIN stage.employee e ON coalesce(e.hire_date, DATE '1900-01-01') < n.month + INTERVAL 1 MONTH AND coalesce(e.leave_date, DATE '9999-12-31') >= n.month
), worked AS (
    SELECT month_start AS month, count(*) AS days FROM core.dim_date WHERE is_workday GROUP BY month_start
)
SELECT h.month, count(*) * w.days * 480 AS minutes,
       (SELECT sum(p.amount) FROM paid p WHERE p.month = h.month) AS cost
FROM head h
JOIN worked w ON w.month = h.month
GROUP BY h.month, w.days;

CREATE OR REPLACE TABLE meta.cost_rate AS
WITH derived AS (
    SELECT CAST(sum(cost) AS DECIMAL(18, 4)) AS cost, sum(minutes) AS minutes, min(month) AS first_month, max(month) AS last_month
    FROM star_people_month
    HAVING sum(minutes) > 0 AND sum(cost) > 0
), minute AS (
    SELECT coalesce(g.value, CAST(CAST(d.cost AS DOUBLE) / CAST(d.minutes AS DOUBLE) AS DECIMAL(18, 8)), CAST(1 AS DECIMAL(18, 8))) AS value,
           CASE WHEN g.value IS NOT NULL THEN 'configured'
                WHEN d.cost IS NOT NULL THEN 'derived: ' || CAST(d.cost AS VARCHAR) || ' paid for ' || CAST(d.minutes AS VARCHAR) || ' working minutes, '
                     || strftime(d.first_month, '%Y-%m') || ' to ' || strftime(d.last_month, '%Y-%m')
                ELSE 'default' END AS source
    FROM (SELECT 1 AS one) o
    LEFT JOIN star_given g ON g.subject = 'cost' AND g.name = 'minute'
    LEFT JOIN derived d ON true
), kind AS (
    SELECT 'minute.activity.' || name AS name
    FROM (VALUES ('visit'), ('call_out'), ('call_in'), ('meeting'), ('demo'), ('mail')) AS a (name)
    UNION ALL
    SELECT 'minute.ticket.' || name
    FROM (VALUES ('inquiry_status'), ('arrival_time'), ('complaint'), ('return'), ('invoice'), ('price'), ('catalogue'), ('other')) AS t (name)
), other AS (
    SELECT name, CAST(value AS DECIMAL(18, 8)) AS value, unit
    FROM (VALUES
        ('km', 1.0, 'report currency per kilometre'),
        ('return', 10.0, 'report currency per return line'),
        ('storage', 0.10, 'share of the stock''s value per year'),
        ('capital', 0.06, 'share of the money tied up per year')
    ) AS shipped (name, value, unit)
)
SELECT 'minute' AS name, value, 'report currency per minute' AS unit, source FROM minute
UNION ALL
SELECT k.name, coalesce(g.value, m.value), 'report currency per minute', CASE WHEN g.value IS NOT NULL THEN 'configured' ELSE 'as minute: ' || m.source END
FROM kind k
CROSS JOIN minute m
LEFT JOIN star_given g ON g.subject = 'cost' AND g.name = k.name
UNION ALL
SELECT o.name, coalesce(g.value, o.value), o.unit, CASE WHEN g.value IS NOT NULL THEN 'configured' ELSE 'default' END
FROM other o
LEFT JOIN star_given g ON g.subject = 'cost' AND g.name = o.name
ORDER BY name;

DROP TABLE star_people_month;
