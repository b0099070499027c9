-- meta.relation_rule: the numbers that the dealings with customers are judged
-- by, one row each.
CREATE OR REPLACE TABLE meta.relation_rule AS
SELECT name, value, unit, meaning
FROM (VALUES
    ('response_days', 14, 'days', 'an order counts for a campaign, a call or a visit when it comes on its day or within so many days'),
    ('lost_factor', 3, 'times', 'a customer is lost after so many times its own median gap between order days'),
    ('lost_floor', 180, 'days', 'and never before so many days without an order'),
    ('kept_months', 24, 'months', 'core.fact_customer_month goes on for so many months after the last fact of a customer'),
    ('repeat_days', 7, 'days', 'a ticket of the same customer and type within so many days is a repeat'),
    ('reply_hours', 48, 'hours', 'a message is to be answered within so many hours'),
    ('first_response_hours', 24, 'hours', 'a ticket is to be answered within so many hours'),
    ('resolution_hours', 120, 'hours', 'a ticket is to be resolved within so many hours')
) AS rule (name, value, unit, meaning)
ORDER BY name;

CREATE OR REPLACE TEMP TABLE star_rule AS
SELECT CAST(max(CASE WHEN name = 'response_days' THEN value END) AS INTEGER) AS response_days,
       CAST(max(CASE WHEN name = 'lost_factor' THEN value END) AS INTEGER) AS lost_factor,
       CAST(max(CASE WHEN name = 'lost_floor' THEN value END) AS INTEGER) AS lost_floor,
       CAST(max(CASE WHEN name = 'kept_months' THEN value END) AS INTEGER) AS kept_months,
       CAST(max(CASE WHEN name = 'repeat_days' THEN value END) AS INTEGER) AS repeat_days,
       CAST(max(CASE WHEN name = 'reply_hours' THEN value END) AS INTEGER) AS reply_hours,
       CAST(max(CASE WHEN name = 'first_response_hours' THEN value END) AS INTEGER) AS first_response_hours,
       CAST(max(CASE WHEN name = 'resolution_hours' THEN value END) AS INTEGER) AS resolution_hours
FROM meta.relation_rule;

-- Whose a contact is, for rows that name a person and no customer.
CREATE OR REPLACE TEMP TABLE star_contact AS
SELECT c.contact_id, m.customer_key
FROM stage.customer_contact c
JOIN star_customer_map m ON m.customer_id = c.customer_id;

-- Who looks after a customer, and where it is.
CREATE OR REPLACE TEMP TABLE star_customer_owner AS
SELECT customer_key, geo_key, channel_key, owner_employee_key AS employee_key, first_order_date
FROM core.dim_customer;

-- Orders as facts count them: one row a customer, day and order, of copies ordered.
CREATE OR REPLACE TEMP TABLE star_bought AS
SELECT customer_key, order_date, order_key,
       CAST(sum(net) AS DECIMAL(18, 4)) AS net,
       CAST(sum(margin) AS DECIMAL(18, 4)) AS margin
FROM core.fact_order_line
WHERE qty > 0 AND customer_key <> -1
GROUP BY customer_key, order_date, order_key;

-- meta.cost_rate, where nothing else has stated the rates.
CREATE TABLE IF NOT EXISTS meta.cost_rate (name VARCHAR, value DECIMAL(18, 8), unit VARCHAR, source VARCHAR);

INSERT INTO meta.cost_rate
SELECT d.name, CAST(d.value AS DECIMAL(18, 8)), d.unit, 'default'
FROM (VALUES
    ('capital', 0.06, 'share of the money tied up per year'),
    ('km', 1.0, 'report currency per kilometre'),
    ('minute', 1.0, 'report currency per minute'),
    ('return', 10.0, 'report currency per return line')
) AS d (name, value, unit)
LEFT JOIN meta.cost_rate r ON r.name = d.name
WHERE r.name IS NULL
ORDER BY d.name;

CREATE OR REPLACE TEMP TABLE star_cost_rate AS
SELECT CAST(max(CASE WHEN name = 'minute' THEN value END) AS DECIMAL(18, 4)) AS minute,
       CAST(max(CASE WHEN name = 'km' THEN value END) AS DECIMAL(18, 4)) AS km,
       CAST(max(CASE WHEN name = 'return' THEN value END) AS DECIMAL(18, 4)) AS per_return,
       CAST(max(CASE WHEN name = 'capital' THEN value END) AS DECIMAL(18, 4)) AS capital
FROM meta.cost_rate;

-- A minute of each kind of work: its own rate, else that of any minute.
CREATE OR REPLACE TEMP TABLE star_minute_rate AS
SELECT w.subject, w.type, CAST(coalesce(k.value, m.value) AS DECIMAL(18, 4)) AS minute
FROM (
    SELECT DISTINCT 'activity' AS subject, type FROM stage.activity
    UNION
    SELECT DISTINCT 'ticket', type FROM stage.ticket
) w
JOIN meta.cost_rate m ON m.name = 'minute'
LEFT JOIN meta.cost_rate k ON k.name = 'minute.' || w.subject || '.' || w.type;

-- Where what no fact can hold goes.
CREATE TABLE IF NOT EXISTS quarantine.campaign_cost (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.campaign_target (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.campaign_response (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.activity (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.message (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.web_session (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.lead (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.opportunity (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.opp_stage_hist (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.quote (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.contract (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.ticket (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.survey_response (source VARCHAR, file VARCHAR, line BIGINT, record BIGINT, reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR);
