-- How long lines wait for their last copies: the time that remained is learnt from
-- what happened in the 365 days before the as-of date, see observed.sql. The
-- product-limit estimate (Kaplan and Meier, 1958) of the share still waiting after
-- so many days, an observation being cut short ("censored") at the as-of date while
-- the line is open and on the day it was cancelled, is made by supplier, stage and
-- whether the title was forthcoming when ordered, and again for all suppliers
-- together; rush orders are apart while they wait to be ordered.
--
-- A line that is open stands in its stage still. So it is compared with those that
-- stood there as long, not with those that waited as long but had moved on and were
-- nearly here: there is one curve for each of these ages, from the lines that stayed
-- in the stage beyond it.
CREATE OR REPLACE TEMP TABLE star_eta_step AS
SELECT age, coalesce(lead(age) OVER (ORDER BY age), 1000000) AS next_age
FROM (VALUES (-1), (0), (1), (2), (3), (4), (5), (7), (9), (11), (14), (18), (22), (28), (35), (45), (60), (80), (110), (150), (210), (300)) AS s (age);

-- The last of these ages that so many days are beyond, up to the day from which it
-- is the oldest.
CREATE OR REPLACE TEMP TABLE star_eta_day AS
SELECT d.days, s.age
FROM (SELECT CAST(unnest(generate_series(0, 301)) AS INTEGER) AS days) d
JOIN star_eta_step s ON d.days > s.age AND d.days <= s.next_age;

-- Lines by the last of these ages that they stayed beyond.
CREATE OR REPLACE TEMP TABLE star_eta_seen AS
WITH observed AS (
    SELECT o.supplier_key, o.stage_key, o.is_forthcoming, o.is_rush, o.since, o.arrived, o.moved, coalesce(o.arrived, o.cancelled, p.as_of) AS until
    FROM meta.star_observed o
    CROSS JOIN meta.star_parameter p
), lasted AS (
    SELECT supplier_key, stage_key, is_forthcoming, is_rush, arrived, CAST(until - since AS INTEGER) AS days, CAST(least(coalesce(moved, until), until) - since AS INTEGER) AS stayed
    FROM observed
    WHERE until >= since
)
SELECT l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age, l.days, count(*) AS n, count(l.arrived) AS arrived
FROM lasted l
JOIN star_eta_day s ON s.days = least(l.stayed, 301)
GROUP BY l.supplier_key, l.stage_key, l.is_forthcoming, l.is_rush, s.age, l.days;
