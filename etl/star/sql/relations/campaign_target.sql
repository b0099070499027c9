-- What the targets of campaigns are measured with. A target stands on the day it
-- was sent; one that was not sent, such as a control, on the first day its
-- campaign was sent to anyone, else on the campaign's first day.
CREATE OR REPLACE TEMP TABLE star_campaign_sent AS
SELECT c.campaign_key, c.campaign_id, d.owner_employee_key,
       coalesce(min(CAST(t.sent_ts AS DATE)), min(d.start_date)) AS start_date,
       count(CASE WHEN coalesce(t.arm, 'treat') = 'treat' THEN 1 END) AS treated
FROM star_campaign c
JOIN core.dim_campaign d ON d.campaign_key = c.campaign_key
CROSS JOIN meta.star_parameter p
LEFT JOIN stage.campaign_target t ON t.campaign_id = c.campaign_id AND NOT coalesce(t.is_deleted, false)
     AND coalesce(EXTRACT(year FROM t.sent_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, true)
GROUP BY c.campaign_key, c.campaign_id, d.owner_employee_key;

-- The cost of a campaign beside that of its targets, shared out evenly among
-- those treated. What is not divisible to four decimals is lost to the share, not
-- to core.fact_campaign_cost.
CREATE OR REPLACE TEMP TABLE star_campaign_share AS
SELECT s.campaign_key, CAST(CAST(sum(c.amount) AS DOUBLE) / s.treated AS DECIMAL(18, 4)) AS share
FROM star_campaign_sent s
CROSS JOIN meta.star_parameter p
JOIN stage.campaign_cost c ON c.campaign_id = s.campaign_id AND NOT coalesce(c.is_deleted, false)
WHERE s.treated > 0 AND coalesce(EXTRACT(year FROM c.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, true)
GROUP BY s.campaign_key, s.treated;

-- Sends are numbered within customer, type of campaign and month; targets within
-- campaign and customer: the first of them carries what the customer did.
CREATE OR REPLACE TEMP TABLE star_target AS
WITH target AS (
    SELECT t.campaign_id, t.customer_id, t.contact_id, t.source, t._row, coalesce(t.arm, 'treat') AS arm, t.sent_ts, coalesce(t.cost, 0) AS cost,
           coalesce(s.campaign_key, -1) AS campaign_key,
           coalesce(m.customer_key, k.customer_key, -1) AS customer_key,
           coalesce(CAST(t.sent_ts AS DATE), s.start_date) AS date,
           d.type
    FROM stage.campaign_target t
    LEFT JOIN star_campaign_sent s ON s.campaign_id = t.campaign_id
    LEFT JOIN core.dim_campaign d ON d.campaign_key = s.campaign_key
    LEFT JOIN star_customer_map m ON m.customer_id = t.customer_id
    LEFT JOIN star_contact k ON k.contact_id = t.contact_id
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(t.is_deleted, false) AND coalesce(EXTRACT(year FROM t.sent_ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, true)
)
SELECT campaign_id, customer_id, contact_id, source, _row, arm, sent_ts, cost, campaign_key, customer_key, date,
       row_number() OVER (PARTITION BY campaign_key, customer_key ORDER BY sent_ts NULLS LAST, contact_id NULLS LAST, arm, cost, source, _row) AS place,
       CASE WHEN sent_ts IS NULL THEN 0
            ELSE row_number() OVER (
                PARTITION BY customer_key, type, EXTRACT(year FROM date), EXTRACT(month FROM date), sent_ts IS NULL
                ORDER BY sent_ts NULLS LAST, campaign_key, contact_id NULLS LAST, arm, cost, source, _row) END AS send_no
FROM target;

CREATE OR REPLACE TEMP TABLE star_response AS
SELECT coalesce(c.campaign_key, -1) AS campaign_key,
       coalesce(m.customer_key, k.customer_key, -1) AS customer_key,
       max(CASE WHEN r.type IN ('open', 'click') THEN 1 ELSE 0 END) AS opened,
       max(CASE WHEN r.type = 'click' THEN 1 ELSE 0 END) AS clicked,
       max(CASE WHEN r.type IN ('reply', 'inquiry') THEN 1 ELSE 0 END) AS replied,
       max(CASE WHEN r.type IN ('card', 'register', 'visit') THEN 1 ELSE 0 END) AS attended,
       max(CASE WHEN r.type = 'unsubscribe' THEN 1 ELSE 0 END) AS unsubscribed,
       max(CASE WHEN r.type = 'order' THEN 1 ELSE 0 END) AS ordered_named,
       max(CASE WHEN r.type NOT IN ('unsubscribe') THEN 1 ELSE 0 END) AS responded,
       min(CASE WHEN r.type NOT IN ('unsubscribe') THEN CAST(r.ts AS DATE) END) AS first_date
FROM stage.campaign_response r
CROSS JOIN meta.star_parameter p
LEFT JOIN star_campaign c ON c.campaign_id = r.campaign_id
LEFT JOIN star_customer_map m ON m.customer_id = r.customer_id
LEFT JOIN star_contact k ON k.contact_id = r.contact_id
WHERE NOT coalesce(r.is_deleted, false) AND EXTRACT(year FROM r.ts) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
GROUP BY coalesce(c.campaign_key, -1), coalesce(m.customer_key, k.customer_key, -1);

-- What a target's customer ordered on its day and the days after it.
CREATE OR REPLACE TEMP TABLE star_target_order AS
SELECT t.campaign_key, t.customer_key,
       count(*) AS orders,
       CAST(sum(b.net) AS DECIMAL(18, 4)) AS net,
       CAST(sum(b.margin) AS DECIMAL(18, 4)) AS margin
FROM star_target t
CROSS JOIN star_rule u
JOIN star_bought b ON b.customer_key = t.customer_key AND b.order_date >= t.date AND b.order_date <= t.date + u.response_days
WHERE t.place = 1 AND t.customer_key <> -1
GROUP BY t.campaign_key, t.customer_key;
