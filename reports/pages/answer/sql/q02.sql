-- Cards left at campaigns and leads noted in twelve months, and what became of
-- the leads.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), card AS (
    SELECT count(*) AS cards
    FROM core.fact_campaign_response AS p
    INNER JOIN core.dim_campaign_response_type AS t ON t.response_type_key = p.response_type_key
    CROSS JOIN run AS r
    WHERE t.type = 'card' AND p.date BETWEEN r.since AND r.as_of
), lead AS (
    SELECT count(*) AS leads, sum(l.touched) AS touched, sum(l.untouched) AS untouched, sum(l.ordered) AS ordered,
           quantile_cont(CAST(l.days_to_touch AS BIGINT), 0.5) AS touch_days
    FROM core.fact_lead AS l
    CROSS JOIN run AS r
    WHERE l.date BETWEEN r.since AND r.as_of
)
SELECT c.cards + l.leads AS found_n, c.cards AS cards_n, l.leads AS leads_n, CAST(l.touched AS DOUBLE) / nullif(CAST(l.leads AS DOUBLE), 0) AS touched_pct,
       l.touch_days, coalesce(l.ordered, 0) AS ordered_n, coalesce(l.untouched, 0) AS untouched_n
FROM card AS c
CROSS JOIN lead AS l
