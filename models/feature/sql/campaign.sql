-- feature.campaign: campaigns that addressed customers up to the as-of date, one
-- row each.
--   from_date   first day that anyone was addressed
--   to_date     last day of the window in which orders count: the days of
--               meta.relation_rule after the last send, or for an event, which
--               customers choose to visit, six weeks after its end
--   from_1, to_1, from_2, to_2  the days it is held against: the window of the last
--               event of its kind and of the one before it, else the same days 364
--               and 728 days before
--   treated, held_back  customers, each once
-- The campaign -1 stands for today: it is for the features of all customers.
--   cost        of all contacts and the campaign's own
WITH rule AS (
    SELECT CAST(coalesce(max(CASE WHEN name = 'response_days' THEN value END), 14) AS INTEGER) AS days
    FROM meta.relation_rule
), addressed AS (
    SELECT t.campaign_key, min(t.date) AS from_date, max(CASE WHEN t.arm = 'treat' THEN t.date END) AS last_date,
           count(CASE WHEN t.is_treated THEN 1 END) AS treated,
           count(CASE WHEN t.is_control THEN 1 END) AS held_back,
           CAST(sum(CASE WHEN t.arm = 'treat' THEN t.cost + t.shared_cost ELSE t.cost END) AS DECIMAL(18, 4)) AS cost
    FROM core.fact_campaign_target AS t
    CROSS JOIN meta.run AS r
    WHERE t.date <= r.as_of AND t.campaign_key <> -1 AND t.customer_key <> -1
    GROUP BY t.campaign_key
), kind AS (
    SELECT c.campaign_key, coalesce(c.name, '') AS name, coalesce(c.type, '') AS type, c.act_end, c.plan_end,
           coalesce(c.type IN ('fair', 'textbook_tour', 'seminar', 'exhibit hall'), false) AS is_event
    FROM core.dim_campaign AS c
), windowed AS (
    SELECT a.campaign_key, k.name, k.type, k.is_event, a.from_date,
           CAST(CASE WHEN k.is_event THEN least(greatest(coalesce(k.act_end, k.plan_end, a.last_date), a.from_date), a.from_date + 50) + 42
                     ELSE least(coalesce(a.last_date, a.from_date), a.from_date + 78) + u.days END AS DATE) AS to_date,
           a.treated, a.held_back, a.cost
    FROM addressed AS a
    CROSS JOIN rule AS u
    LEFT JOIN kind AS k ON k.campaign_key = a.campaign_key
    WHERE a.treated > 0
), ordered AS (
    SELECT w.campaign_key, w.name, w.type, w.is_event, w.from_date, w.to_date, w.treated, w.held_back, w.cost,
           CASE WHEN w.is_event THEN lag(w.from_date, 1) OVER of_kind END AS event_1, CASE WHEN w.is_event THEN lag(w.from_date, 2) OVER of_kind END AS event_2
    FROM windowed AS w
    WINDOW of_kind AS (PARTITION BY w.type ORDER BY w.from_date, w.campaign_key)
)
SELECT o.campaign_key, o.name, o.type, o.is_event, o.from_date, o.to_date,
       coalesce(o.event_1, o.from_date - 364) AS "from_1", CAST(coalesce(o.event_1, o.from_date - 364) + CAST(o.to_date - o.from_date AS INTEGER) AS DATE) AS "to_1",
       coalesce(o.event_2, o.event_1 - 364, o.from_date - 728) AS "from_2", CAST(coalesce(o.event_2, o.event_1 - 364, o.from_date - 728) + CAST(o.to_date - o.from_date AS INTEGER) AS DATE) AS "to_2",
       CAST(o.treated AS INTEGER) AS "treated", CAST(o.held_back AS INTEGER) AS "held_back", o.cost
FROM ordered AS o
UNION ALL
SELECT -1, '', '', false, r.as_of + 1, r.as_of + 1, r.as_of - 363, r.as_of - 363, r.as_of - 727, r.as_of - 727, 0, 0, 0
FROM meta.run AS r
ORDER BY campaign_key
