-- feature.message_sent: e-mails of campaigns that had a week to be answered at the
-- as-of date, one row per customer and campaign.
--   sent_day  days since 1970-01-01
--   nth       which e-mail of its calendar month it was to the customer
SELECT t.customer_key, t.campaign_key, CAST(t.date - DATE '1970-01-01' AS INTEGER) AS "sent_day", t.send_no AS "nth", t.responded
FROM core.fact_campaign_target AS t
CROSS JOIN meta.run AS r
INNER JOIN core.dim_campaign AS c ON c.campaign_key = t.campaign_key
WHERE c.type = 'email' AND t.is_treated AND t.sent = 1 AND t.send_no > 0 AND t.customer_key <> -1 AND t.date + 7 <= r.as_of
ORDER BY t.customer_key, t.date, t.campaign_key
