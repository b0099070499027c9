-- core.dim_date: one row a day from 1 January of the first year in the data to
-- 31 December of the year after the as-of date, and -1.
-- A fiscal or academic year is named after the calendar year it starts in.
-- Terms: autumn from 1 September, spring from 1 February, unless calendar_event
-- says otherwise: a term_start in August to October moves autumn, one in January
-- to April spring; a term_end in December to February ends autumn, one in May to
-- July spring. The days after a term belong to the term to come, but autumn
-- never begins before 1 August. week_of_term counts Monday weeks from the week
-- the term starts in, and is null outside the term.
CREATE OR REPLACE TABLE core.dim_date AS
WITH bound AS (
    SELECT p.as_of, p.fiscal_year_start,
           coalesce(min(EXTRACT(year FROM f.day)), EXTRACT(year FROM p.as_of)) AS first_year,
           EXTRACT(year FROM p.as_of) + 1 AS last_year
    FROM meta.star_parameter p
    LEFT JOIN (
        SELECT CAST(order_date AS DATE) AS day FROM stage.order_header
        UNION ALL
        SELECT return_date AS day FROM stage.return_line
        UNION ALL
        SELECT CAST(start_ts AS DATE) FROM stage.activity
        UNION ALL
        SELECT CAST(ts AS DATE) FROM stage.message
        UNION ALL
        SELECT CAST(start_ts AS DATE) FROM stage.web_session
        UNION ALL
        SELECT CAST(opened_ts AS DATE) FROM stage.ticket
        UNION ALL
        SELECT date FROM stage.survey_response
        UNION ALL
        SELECT created_date FROM stage.lead
        UNION ALL
        SELECT created_date FROM stage.opportunity
        UNION ALL
        SELECT CAST(ts AS DATE) FROM stage.opp_stage_hist
        UNION ALL
        SELECT valid_from FROM stage.quote
        UNION ALL
        SELECT coalesce(act_start, plan_start) FROM stage.campaign
        UNION ALL
        SELECT date FROM stage.campaign_cost
        UNION ALL
        SELECT CAST(sent_ts AS DATE) FROM stage.campaign_target
        UNION ALL
        SELECT CAST(ts AS DATE) FROM stage.campaign_response
    ) f ON EXTRACT(year FROM f.day) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
    GROUP BY p.as_of, p.fiscal_year_start
), day AS (
    SELECT CAST(unnest(generate_series(
               make_date(CAST(first_year AS INTEGER), 1, 1), make_date(CAST(last_year AS INTEGER), 12, 31), INTERVAL 1 DAY)) AS DATE) AS day,
           fiscal_year_start
    FROM bound
), academic AS (
    SELECT CAST(unnest(generate_series(CAST(first_year AS BIGINT) - 1, CAST(last_year AS BIGINT) + 1)) AS INTEGER) AS y
    FROM bound
), term_event AS (
    SELECT kind, date AS day,
           CASE WHEN kind = 'term_start' AND EXTRACT(month FROM date) BETWEEN 8 AND 10 THEN 'autumn'
                WHEN kind = 'term_start' AND EXTRACT(month FROM date) BETWEEN 1 AND 4 THEN 'spring'
                WHEN kind = 'term_end' AND EXTRACT(month FROM date) IN (12, 1, 2) THEN 'autumn'
                WHEN kind = 'term_end' AND EXTRACT(month FROM date) BETWEEN 5 AND 7 THEN 'spring' END AS term,
           CAST(EXTRACT(year FROM date) AS INTEGER) - CASE WHEN EXTRACT(month FROM date) < 8 THEN 1 ELSE 0 END AS y
    FROM stage.calendar_event
    WHERE kind IN ('term_start', 'term_end')
), boundary AS (
    SELECT term, y,
           min(CASE WHEN kind = 'term_start' THEN day END) AS first_day,
           max(CASE WHEN kind = 'term_end' THEN day END) AS last_day
    FROM term_event
    WHERE term IS NOT NULL
    GROUP BY term, y
), year_term AS (
    SELECT a.y,
           coalesce(f.first_day, make_date(a.y, 9, 1)) AS autumn_start,
           f.last_day AS autumn_end,
           coalesce(s.first_day, make_date(a.y + 1, 2, 1)) AS spring_start,
           coalesce(s.last_day, make_date(a.y + 1, 7, 31)) AS spring_end
    FROM academic a
    LEFT JOIN boundary f ON f.term = 'autumn' AND f.y = a.y
    LEFT JOIN boundary s ON s.term = 'spring' AND s.y = a.y
), period AS (
    SELECT y, 'autumn' AS term, autumn_start AS first_day,
           coalesce(autumn_end, least(make_date(y + 1, 1, 31), spring_start - 1)) AS last_day,
           make_date(y, 8, 1) AS label_from,
           coalesce(autumn_end, least(make_date(y + 1, 1, 31), spring_start - 1)) AS label_to
    FROM year_term
    UNION ALL
    SELECT y, 'spring', spring_start, spring_end,
           coalesce(autumn_end, least(make_date(y + 1, 1, 31), spring_start - 1)) + 1,
           make_date(y + 1, 7, 31)
    FROM year_term
), term AS (
    SELECT y, term, first_day, last_day, label_from, label_to,
           lead(first_day) OVER (ORDER BY first_day) AS next_first_day
    FROM period
), event AS (
    SELECT date AS day,
           max(CASE WHEN kind = 'holiday' THEN 1 ELSE 0 END) AS holiday,
           max(CASE WHEN kind = 'workday_swap' THEN 1 ELSE 0 END) AS swap,
           min(CASE WHEN kind = 'holiday' THEN name END) AS holiday_name,
           min(CASE WHEN kind = 'fair' THEN name END) AS fair_name
    FROM stage.calendar_event
    GROUP BY date
), part AS (
    SELECT d.day, d.fiscal_year_start,
           CAST(EXTRACT(year FROM d.day) AS INTEGER) AS y,
           CAST(EXTRACT(month FROM d.day) AS INTEGER) AS m,
           CAST(EXTRACT(day FROM d.day) AS INTEGER) AS dom,
           CAST(EXTRACT(isodow FROM d.day) AS INTEGER) AS dow,
           CAST(EXTRACT(isoyear FROM d.day) AS INTEGER) AS iso_y,
           CAST(EXTRACT(week FROM d.day) AS INTEGER) AS iso_w,
           coalesce(e.holiday, 0) = 1 AS is_holiday,
           coalesce(e.swap, 0) = 1 AS is_swap,
           e.holiday_name, e.fair_name,
           CAST((EXTRACT(month FROM d.day) - d.fiscal_year_start + 12) % 12 AS INTEGER) + 1 AS fm
    FROM day d
    LEFT JOIN event e ON e.day = d.day
), flagged AS (
    SELECT part.day, y, m, dom, dow, iso_y, iso_w, is_holiday, holiday_name, fair_name, fm,
           CAST(floor((m + 2) / 3.0) AS INTEGER) AS q,
           CAST(floor((fm + 2) / 3.0) AS INTEGER) AS fq,
           y - CASE WHEN m < fiscal_year_start THEN 1 ELSE 0 END AS fy,
           y - CASE WHEN m < 8 THEN 1 ELSE 0 END AS ay,
           dow >= 6 AS is_weekend,
           is_swap OR (dow < 6 AND NOT is_holiday) AS is_workday
    FROM part
)
SELECT f.y * 10000 + f.m * 100 + f.dom AS date_key,
       f.day AS date,
       f.y AS year,
       CASE WHEN f.m <= 6 THEN 1 ELSE 2 END AS half,
       f.q AS quarter,
       f.m AS month,
       CAST(f.y AS VARCHAR) || '-H' || CASE WHEN f.m <= 6 THEN '1' ELSE '2' END AS year_half,
       CAST(f.y AS VARCHAR) || '-Q' || CAST(f.q AS VARCHAR) AS year_quarter,
       CAST(f.y AS VARCHAR) || '-' || lpad(CAST(f.m AS VARCHAR), 2, '0') AS year_month,
       make_date(f.y, f.m, 1) AS month_start,
       f.iso_y AS iso_year,
       f.iso_w AS iso_week,
       CAST(f.iso_y AS VARCHAR) || '-W' || lpad(CAST(f.iso_w AS VARCHAR), 2, '0') AS iso_year_week,
       f.dom AS day_of_month,
       f.dow AS day_of_week,
       f.is_weekend,
       f.is_holiday,
       f.is_workday,
       f.holiday_name,
       CAST(sum(CASE WHEN f.is_workday THEN 1 ELSE 0 END) OVER (ORDER BY f.day ROWS UNBOUNDED PRECEDING) AS INTEGER) AS working_day_seq,
       f.fy AS fiscal_year,
       f.fq AS fiscal_quarter,
       f.fm AS fiscal_month,
       'FY' || CAST(f.fy AS VARCHAR) || '-Q' || CAST(f.fq AS VARCHAR) AS fiscal_year_quarter,
       f.ay AS academic_year,
       CAST(f.ay AS VARCHAR) || '/' || lpad(CAST((f.ay + 1) % 100 AS VARCHAR), 2, '0') AS academic_year_label,
       t.term,
       CAST(t.y AS VARCHAR) || '/' || lpad(CAST((t.y + 1) % 100 AS VARCHAR), 2, '0') || ' ' || t.term AS term_label,
       CASE WHEN f.day BETWEEN t.first_day AND t.last_day
            THEN CAST(floor((f.day - CAST(date_trunc('week', t.first_day) AS DATE)) / 7.0) AS INTEGER) + 1 END AS week_of_term,
       CAST(CASE WHEN f.day <= t.first_day THEN t.first_day ELSE t.next_first_day END - f.day AS INTEGER) AS days_to_term_start,
       f.fair_name
FROM flagged f
JOIN term t ON f.day BETWEEN t.label_from AND t.label_to
UNION ALL
SELECT -1, NULL, NULL, NULL, NULL, NULL, '(unknown)', '(unknown)', '(unknown)', NULL, NULL, NULL, '(unknown)',
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(unknown)', NULL, '(unknown)',
       '(unknown)', '(unknown)', NULL, NULL, NULL
ORDER BY date_key;
