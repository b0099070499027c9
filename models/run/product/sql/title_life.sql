-- feature.title_life: where every known title stands in its life, one row each.
--   origin      the day it was first listed (not known: published), or first sold
--               when that was earlier
--   age         days from there to the as-of date; span the days compared for its
--               phase: half its age, at most 180
--   recent, before   order lines in the last span days and in the span before
--   watched_from, watched_to   ages between which its sales are on record, over
--               the first 730 days; faded lines fell into it at days_faded in all
--   to_30 … to_730   order lines up to those ages
CREATE OR REPLACE TABLE feature.title_life AS
WITH line AS (
    SELECT l.title_key, l.order_date, l.qty
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.title_key <> -1 AND l.qty > 0 AND l.order_date <= r.as_of
), began AS (
    SELECT min(order_date) AS first_day FROM line
), sold AS (
    SELECT l.title_key, min(l.order_date) AS first_sale, max(l.order_date) AS last_sale, count(*) AS lines_ever, sum(l.qty) AS copies_ever
    FROM line AS l
    GROUP BY l.title_key
), origin AS (
    SELECT t.title_key, t.clc_key, t.level, s.first_sale, s.last_sale, coalesce(s.lines_ever, 0) AS lines_ever, coalesce(s.copies_ever, 0) AS copies_ever, r.as_of, b.first_day,
           CASE WHEN s.first_sale < coalesce(t.first_listed, t.pub_date) THEN s.first_sale
                ELSE coalesce(t.first_listed, t.pub_date, s.first_sale) END AS origin
    FROM core.dim_title AS t
    CROSS JOIN meta.run AS r
    CROSS JOIN began AS b
    LEFT JOIN sold AS s ON s.title_key = t.title_key
    WHERE t.title_key <> -1
), aged AS (
    SELECT o.title_key, o.clc_key, o.level, o.first_sale, o.last_sale, o.lines_ever, o.copies_ever, o.origin, o.as_of,
           CASE WHEN o.origin > o.as_of THEN 0 ELSE o.as_of - o.origin END AS age,
           CASE WHEN o.first_day > o.origin THEN o.first_day - o.origin ELSE 0 END AS watched_from
    FROM origin AS o
), spanned AS (
    SELECT a.title_key, a.clc_key, a.level, a.first_sale, a.last_sale, a.lines_ever, a.copies_ever, a.origin, a.as_of, a.age, a.watched_from,
           CASE WHEN a.age >= 360 THEN 180 ELSE CAST(floor(a.age / 2) AS INTEGER) END AS span,
           CASE WHEN a.age < 730 THEN a.age ELSE 730 END AS watched_to
    FROM aged AS a
), counted AS (
    SELECT s.title_key,
           sum(CASE WHEN l.order_date > s.as_of - s.span THEN 1 ELSE 0 END) AS recent,
           sum(CASE WHEN l.order_date <= s.as_of - s.span AND l.order_date > s.as_of - 2 * s.span THEN 1 ELSE 0 END) AS before,
           sum(CASE WHEN l.order_date - s.origin <= s.watched_to THEN 1 ELSE 0 END) AS faded,
           sum(CASE WHEN l.order_date - s.origin <= s.watched_to THEN l.order_date - s.origin - s.watched_from ELSE 0 END) AS days_faded,
           sum(CASE WHEN l.order_date - s.origin <= 30 THEN 1 ELSE 0 END) AS to_30,
           sum(CASE WHEN l.order_date - s.origin <= 90 THEN 1 ELSE 0 END) AS to_90,
           sum(CASE WHEN l.order_date - s.origin <= 180 THEN 1 ELSE 0 END) AS to_180,
           sum(CASE WHEN l.order_date - s.origin <= 365 THEN 1 ELSE 0 END) AS to_365,
           sum(CASE WHEN l.order_date - s.origin <= 730 THEN 1 ELSE 0 END) AS to_730
    FROM spanned AS s
    INNER JOIN line AS l ON l.title_key = s.title_key
    GROUP BY s.title_key
)
SELECT s.title_key, s.origin, s.age, s.first_sale, s.last_sale, CAST(s.lines_ever AS INTEGER) AS lines_ever, CAST(s.copies_ever AS BIGINT) AS copies_ever, s.span,
       CAST(coalesce(c.recent, 0) AS INTEGER) AS recent, CAST(coalesce(c.before, 0) AS INTEGER) AS before,
       s.watched_from, s.watched_to, CAST(coalesce(c.faded, 0) AS INTEGER) AS faded, CAST(coalesce(c.days_faded, 0) AS BIGINT) AS days_faded,
       CAST(coalesce(c.to_30, 0) AS INTEGER) AS to_30, CAST(coalesce(c.to_90, 0) AS INTEGER) AS to_90, CAST(coalesce(c.to_180, 0) AS INTEGER) AS to_180,
       CAST(coalesce(c.to_365, 0) AS INTEGER) AS to_365, CAST(coalesce(c.to_730, 0) AS INTEGER) AS to_730,
       dense_rank() OVER (ORDER BY s.level NULLS FIRST) AS level_no, dense_rank() OVER (ORDER BY k.bucket NULLS FIRST) AS class_no,
       s.level, k.bucket, k.bucket_name_en, k.bucket_name_zh
FROM spanned AS s
LEFT JOIN counted AS c ON c.title_key = s.title_key
LEFT JOIN core.dim_clc AS k ON k.clc_key = s.clc_key
ORDER BY s.title_key
