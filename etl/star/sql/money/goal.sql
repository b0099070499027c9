-- Plans and targets as read: which months each stands for, which member of which
-- dimension, and which measure. A plan's year is a calendar year; a target's
-- period is a year, half year, quarter or month. Members that are not there
-- count under unknown. The scope stands within what members are joined on: beside
-- it, a join would compare every row with every member.
CREATE OR REPLACE TEMP TABLE star_goal AS
WITH said AS (
    SELECT 'plan' AS kind, CAST(year AS VARCHAR) || CASE WHEN month IS NULL THEN '' ELSE '-' || lpad(CAST(month AS VARCHAR), 2, '0') END AS period,
           coalesce(nullif(lower(trim(dimension)), ''), 'company') AS dimension, trim(member) AS member, measure, value,
           coalesce(is_deleted, false) AS is_deleted, source, _row, CAST(to_json(x) AS VARCHAR) AS raw
    FROM stage.plan x
    UNION ALL
    SELECT 'target', upper(trim(period)), lower(trim(scope)), trim(scope_id), metric, value, coalesce(is_deleted, false), source, _row, CAST(to_json(x) AS VARCHAR)
    FROM stage.target x
), timed AS (
    SELECT kind, period, dimension, member, measure, value, is_deleted, source, _row, raw,
           TRY_CAST(substr(period, 1, 4) AS INTEGER) AS year,
           CASE WHEN regexp_matches(period, '^[0-9]{4}年?$') THEN 1
                WHEN regexp_matches(period, '^[0-9]{4}[-/ ]?H[12]$') THEN CAST(right(period, 1) AS INTEGER) * 6 - 5
                WHEN regexp_matches(period, '^[0-9]{4}[-/ ]?Q[1-4]$') THEN CAST(right(period, 1) AS INTEGER) * 3 - 2
                WHEN regexp_matches(period, '^[0-9]{4}(0[1-9]|1[0-2]|[-/.年](0?[1-9]|1[0-2])月?)$')
                THEN CAST(regexp_extract(substr(period, 5), '([0-9]+)月?$', 1) AS INTEGER) END AS first_month,
           CASE WHEN regexp_matches(period, '^[0-9]{4}年?$') THEN 12
                WHEN regexp_matches(period, 'H[12]$') THEN 6
                WHEN regexp_matches(period, 'Q[1-4]$') THEN 3 ELSE 1 END AS months
    FROM said
), named AS (
    SELECT kind, period, year, first_month, months, dimension, member, measure, value, is_deleted, source, _row, raw,
           CASE WHEN dimension IN ('company', 'all', 'total', '公司', '全部', '合计') THEN 'company'
                WHEN dimension IN ('clc', 'class', 'subject', '学科', '分类') THEN 'class'
                WHEN dimension IN ('region', 'geo', 'area', '地区', '区域') THEN 'region'
                WHEN dimension IN ('channel', '渠道') THEN 'channel'
                WHEN dimension IN ('employee', 'salesperson', '业务员', '员工') THEN 'salesperson'
                WHEN dimension IN ('customer', '客户') THEN 'customer'
                ELSE 'other' END AS scope,
           CASE WHEN lower(trim(measure)) IN ('net', 'revenue', 'sales', 'turnover', 'net sales', '收入', '销售额', '销售净额', '净额') THEN 'net'
                WHEN lower(trim(measure)) IN ('margin', 'gross margin', 'profit', '毛利', '利润') THEN 'margin'
                WHEN lower(trim(measure)) IN ('copies', 'qty', 'quantity', '册数') THEN 'copies'
                WHEN lower(trim(measure)) IN ('orders', '订单', '订单数') THEN 'orders'
                WHEN lower(trim(measure)) IN ('new customers', 'new_customers', '新客户', '新客户数') THEN 'new_customers'
                WHEN lower(trim(measure)) IN ('visits', '拜访', '拜访次数') THEN 'visits'
                ELSE 'other' END AS goal
    FROM timed
), area AS (
    SELECT name, min(geo_key) AS geo_key FROM core.dim_geo WHERE geo_key > 0 GROUP BY name
)
SELECT n.kind, n.period, n.year, n.first_month, n.months, n.dimension, n.scope, n.member, n.measure, n.goal, n.value, n.source, n._row, n.raw,
       coalesce(c.clc_key, -1) AS clc_key, coalesce(g.geo_key, a.geo_key, -1) AS geo_key, coalesce(h.channel_key, -1) AS channel_key,
       coalesce(e.employee_key, -1) AS employee_key, coalesce(m.root_key, u.customer_key, -1) AS customer_key,
       n.scope NOT IN ('company', 'other') AND coalesce(c.clc_key, g.geo_key, a.geo_key, h.channel_key, e.employee_key, u.customer_key) IS NULL AS is_unknown,
       CASE WHEN n.is_deleted THEN 'deleted in source'
            WHEN n.year IS NULL OR n.first_month IS NULL THEN 'period: not a year, half, quarter or month'
            WHEN f.date_key IS NULL OR l.date_key IS NULL THEN 'period: outside the calendar' END AS refused
FROM named n
LEFT JOIN core.dim_clc c ON c.code = CASE WHEN n.scope = 'class' THEN upper(n.member) END AND c.clc_key > 0
LEFT JOIN core.dim_geo g ON g.region_code = CASE WHEN n.scope = 'region' THEN n.member END
LEFT JOIN area a ON a.name = CASE WHEN n.scope = 'region' THEN n.member END
LEFT JOIN core.dim_channel h ON h.channel_id = CASE WHEN n.scope = 'channel' THEN lower(n.member) END
LEFT JOIN core.dim_employee e ON e.employee_id = CASE WHEN n.scope = 'salesperson' THEN n.member END
LEFT JOIN core.dim_customer u ON u.customer_id = CASE WHEN n.scope = 'customer' THEN n.member END
LEFT JOIN star_tree m ON m.subject = 'merge' AND m.member_key = u.customer_key
LEFT JOIN core.dim_date f ON f.date_key = n.year * 10000 + n.first_month * 100 + 1
LEFT JOIN core.dim_date l ON l.date_key = n.year * 10000 + (n.first_month + n.months - 1) * 100 + 1;

-- Month by month: the parts of a period are equal and add up to it, counts in
-- whole numbers. Where one measure of one month is planned by several dimensions,
-- one of them leads (class, region, channel, salesperson, customer, other, then
-- the company as a whole), so that totals count it once; what the company plans
-- beyond what leads is a row of its own.
CREATE OR REPLACE TEMP TABLE star_goal_month AS
WITH month AS (
    SELECT CAST(n AS INTEGER) AS n FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) AS m (n)
), spread AS (
    SELECT g.kind, g.year * 10000 + (g.first_month + m.n - 1) * 100 + 1 AS date_key, g.period, g.months > 1 AS is_spread, g.dimension, g.scope, g.member, g.measure, g.goal,
           g.clc_key, g.geo_key, g.channel_key, g.employee_key, g.customer_key, g.source, g._row,
           CASE WHEN g.months = 1 THEN g.value
                WHEN g.goal IN ('copies', 'orders', 'new_customers', 'visits')
                THEN CAST(CASE WHEN m.n = g.months THEN g.value ELSE round(CAST(g.value AS DOUBLE) * m.n / g.months, 0) END
                          - round(CAST(g.value AS DOUBLE) * (m.n - 1) / g.months, 0) AS DECIMAL(18, 4))
                ELSE CAST(CASE WHEN m.n = g.months THEN g.value ELSE CAST(CAST(g.value AS DOUBLE) * m.n / g.months AS DECIMAL(18, 4)) END
                          - CAST(CAST(g.value AS DOUBLE) * (m.n - 1) / g.months AS DECIMAL(18, 4)) AS DECIMAL(18, 4)) END AS value
    FROM star_goal g
    JOIN month m ON m.n <= g.months
    WHERE g.refused IS NULL
), place AS (
    SELECT kind, date_key, goal,
           min(CASE scope WHEN 'class' THEN 1 WHEN 'region' THEN 2 WHEN 'channel' THEN 3 WHEN 'salesperson' THEN 4 WHEN 'customer' THEN 5 WHEN 'other' THEN 6 ELSE 7 END) AS lead_place
    FROM spread
    GROUP BY kind, date_key, goal
), placed AS (
    SELECT s.kind, s.date_key, s.period, s.is_spread, s.dimension, s.scope, s.member, s.measure, s.goal, s.clc_key, s.geo_key, s.channel_key, s.employee_key,
           s.customer_key, s.source, s._row, s.value,
           CASE s.scope WHEN 'class' THEN 1 WHEN 'region' THEN 2 WHEN 'channel' THEN 3 WHEN 'salesperson' THEN 4 WHEN 'customer' THEN 5 WHEN 'other' THEN 6 ELSE 7 END = p.lead_place AS is_leading
    FROM spread s
    JOIN place p ON p.kind = s.kind AND p.date_key = s.date_key AND p.goal = s.goal
), beyond AS (
    SELECT kind, date_key, goal, max(CASE WHEN scope = 'company' THEN measure END) AS measure,
           CAST(sum(CASE WHEN scope = 'company' THEN value ELSE 0 END) - sum(CASE WHEN is_leading THEN value ELSE 0 END) AS DECIMAL(18, 4)) AS value
    FROM placed
    GROUP BY kind, date_key, goal
    HAVING count(CASE WHEN scope = 'company' THEN 1 END) > 0 AND count(CASE WHEN scope = 'company' AND is_leading THEN 1 END) = 0
)
SELECT kind, date_key, period, is_spread, dimension, scope, member, measure, goal, clc_key, geo_key, channel_key, employee_key, customer_key, value, is_leading,
       false AS is_remainder, source, _row
FROM placed
UNION ALL
SELECT kind, date_key, NULL, false, 'company', 'company', NULL, measure, goal, -1, -1, -1, -1, -1, value, true, true, NULL, NULL
FROM beyond
WHERE value <> 0;
