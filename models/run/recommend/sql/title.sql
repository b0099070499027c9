-- feature.offer_title: what offers need of every title as of a day.
--   work_no     editions of one work share it: the same work number, the same ISBN,
--               or where both are missing the same title and first author; a title
--               of which nothing is known is a work of its own
--   series_no, volume   the volume is that of the source, else its place in the
--               series by first listing; NULL outside series
--   status      in print, forthcoming, op, cancelled, or '' where nothing is said
--   price       what is usually paid for a copy in the last two years, else list
--               price by the middle of its band; NULL when neither is known
--   margin      gross margin as a share of net sales, of the title in the last two
--               years, else of its publisher; NULL when none is known
--   class_no, author_no   numbers of the class and of the first author, which titles
--               share; class 0 is that of titles without one when there are such
--   class       the code in full, class_1 to class_3 the levels above; NULL for a
--               title without a class, or with one of a scheme that has no table
--   free        copies in stock and not reserved, at the last count; NULL where
--               the company counts no stock
--   is_embargoed   an order of the last year was cancelled for an embargo, and none
--               made later was delivered; NULL where no reason is ever given
--   listed      first day it was offered; issued: last catalogue issue
--   recent      customers who bought it, each halved for every year gone by
CREATE OR REPLACE TABLE feature.offer_title AS
WITH title AS (
    SELECT t.title_key, t.title_id, t.isbn13, t.isbn_valid, t.title, t.work_id, t.series_id, t.publisher_key, coalesce(t.pub_status, '') AS status, t.pub_date,
           t.language, t.level, t.binding, t.price_band, t.clc_key, t.clc_primary, coalesce(t.is_textbook, false) AS is_textbook, coalesce(t.first_listed, t.pub_date) AS listed,
           a.author, v.volume AS given_volume,
           coalesce('w' || t.work_id, 't' || trim(regexp_replace(lower(t.title), '[^\p{L}\p{N}]+', ' ', 'g')) || '|' || coalesce(lower(a.author), '?' || CAST(t.title_key AS VARCHAR)), 'k' || CAST(t.title_key AS VARCHAR)) AS work
    FROM core.dim_title AS t
    LEFT JOIN temp.main.offer_author AS a ON a.title_id = t.title_id
    LEFT JOIN temp.main.offer_volume AS v ON v.title_id = t.title_id
    WHERE t.title_key > 0
), work AS (
    SELECT t.title_key, CASE WHEN t.isbn_valid THEN min(t.work) OVER (PARTITION BY coalesce(t.isbn13, 'k' || CAST(t.title_key AS VARCHAR))) ELSE t.work END AS work
    FROM title AS t
), series AS (
    SELECT t.title_key, dense_rank() OVER (ORDER BY t.series_id) AS series_no,
           CASE WHEN count(t.given_volume) OVER (PARTITION BY t.series_id) = count(*) OVER (PARTITION BY t.series_id) THEN t.given_volume
                ELSE row_number() OVER (PARTITION BY t.series_id ORDER BY t.listed NULLS LAST, t.title_key) END AS volume
    FROM title AS t
    WHERE t.series_id IS NOT NULL
), sold AS (
    SELECT l.title_key, l.publisher_key,
           sum(CASE WHEN l.order_date > CAST($1 AS DATE) - 730 THEN l.net END) AS net,
           sum(CASE WHEN l.order_date > CAST($1 AS DATE) - 730 THEN l.qty - l.qty_cancelled END) AS copies,
           sum(CASE WHEN l.order_date > CAST($1 AS DATE) - 730 AND l.margin IS NOT NULL THEN l.margin END) AS margin,
           sum(CASE WHEN l.order_date > CAST($1 AS DATE) - 730 AND l.margin IS NOT NULL THEN l.net END) AS net_costed
    FROM core.fact_order_line AS l
    WHERE l.title_key > 0 AND l.order_date <= CAST($1 AS DATE) AND l.qty > coalesce(l.qty_cancelled, 0)
    GROUP BY l.title_key, l.publisher_key
), publisher AS (
    SELECT s.publisher_key, CAST(sum(s.margin) AS DOUBLE) / nullif(CAST(sum(s.net_costed) AS DOUBLE), 0) AS margin
    FROM sold AS s
    WHERE s.publisher_key > 0
    GROUP BY s.publisher_key
), own AS (
    SELECT s.title_key, CAST(sum(s.net) AS DOUBLE) / nullif(CAST(sum(s.copies) AS DOUBLE), 0) AS price,
           CAST(sum(s.margin) AS DOUBLE) / nullif(CAST(sum(s.net_costed) AS DOUBLE), 0) AS margin
    FROM sold AS s
    GROUP BY s.title_key
), buyer AS (
    SELECT l.title_key, l.customer_key, max(l.order_date) AS last_date
    FROM core.fact_order_line AS l
    WHERE l.title_key > 0 AND l.customer_key > 0 AND l.order_date <= CAST($1 AS DATE) AND l.qty > coalesce(l.qty_cancelled, 0)
    GROUP BY l.title_key, l.customer_key
), recent AS (
    SELECT b.title_key, CAST(count(*) AS DOUBLE) AS buyers, sum(CAST(power(2, -CAST(CAST($1 AS DATE) - b.last_date AS DOUBLE) / 365) AS DECIMAL(18, 9))) AS recent,
           sum(CASE WHEN b.last_date > CAST($1 AS DATE) - 365 THEN 1 ELSE 0 END) AS buyers_12
    FROM buyer AS b
    GROUP BY b.title_key
), counted AS (
    SELECT max(i.snap_date) AS day FROM core.fact_inventory AS i WHERE i.snap_date <= CAST($1 AS DATE)
), stock AS (
    SELECT i.title_key, sum(i.qty_free) AS free
    FROM core.fact_inventory AS i
    INNER JOIN counted AS c ON c.day = i.snap_date
    GROUP BY i.title_key
), refused AS (
    SELECT s.title_key, max(CASE WHEN r.code = 'embargo' THEN s.order_date END) AS embargoed_on, max(CASE WHEN s.qty_delivered > 0 THEN s.order_date END) AS delivered_on
    FROM core.fact_order_stage AS s
    LEFT JOIN core.dim_reason AS r ON r.reason_key = s.cancel_reason_key AND r.kind = 'cancel'
    WHERE s.title_key > 0 AND s.order_date <= CAST($1 AS DATE) AND s.order_date > CAST($1 AS DATE) - 365
    GROUP BY s.title_key
), told AS (
    SELECT count(*) AS reasons FROM core.fact_order_stage AS s INNER JOIN core.dim_reason AS r ON r.reason_key = s.cancel_reason_key AND r.kind = 'cancel'
), issue AS (
    SELECT f.title_key, max(f.issue_date) AS issued
    FROM core.fact_catalogue_listing AS f
    WHERE f.title_key > 0
    GROUP BY f.title_key
)
SELECT t.title_key, t.title_id, t.title, dense_rank() OVER (ORDER BY w.work) AS work_no, dense_rank() OVER (ORDER BY CASE WHEN c.clc_key IS NOT NULL THEN coalesce(t.clc_primary, c.code) ELSE '' END) - 1 AS class_no,
       CASE WHEN t.author IS NOT NULL THEN dense_rank() OVER (ORDER BY lower(coalesce(t.author, ''))) END AS author_no, s.series_no, CAST(s.volume AS INTEGER) AS volume, t.clc_key,
       CASE WHEN c.clc_key IS NOT NULL THEN coalesce(t.clc_primary, c.code) END AS class, c.code AS class_3, c.l1_code AS class_1, c.l2_code AS class_2, t.publisher_key, t.status, t.is_textbook, t.language, t.level, t.binding, t.author, t.listed, t.pub_date,
       coalesce(o.price, CASE t.price_band WHEN '0000-0049' THEN 25 WHEN '0050-0099' THEN 75 WHEN '0100-0199' THEN 150 WHEN '0200-0499' THEN 350 WHEN '0500-0999' THEN 750 WHEN '1000+' THEN 1500 END) AS price,
       coalesce(o.margin, p.margin) AS margin,
       CASE WHEN d.day IS NOT NULL THEN coalesce(k.free, 0) END AS free,
       CASE WHEN e.reasons > 0 THEN coalesce(f.embargoed_on > coalesce(f.delivered_on, DATE '1900-01-01'), false) END AS is_embargoed,
       i.issued, coalesce(r.buyers, 0) AS buyers, coalesce(r.buyers_12, 0) AS buyers_12, coalesce(CAST(r.recent AS DOUBLE), 0) AS recent
FROM title AS t
INNER JOIN work AS w ON w.title_key = t.title_key
LEFT JOIN series AS s ON s.title_key = t.title_key
LEFT JOIN own AS o ON o.title_key = t.title_key
LEFT JOIN publisher AS p ON p.publisher_key = t.publisher_key
LEFT JOIN recent AS r ON r.title_key = t.title_key
LEFT JOIN stock AS k ON k.title_key = t.title_key
LEFT JOIN issue AS i ON i.title_key = t.title_key
LEFT JOIN core.dim_clc AS c ON c.clc_key = t.clc_key AND c.clc_key > 0
LEFT JOIN refused AS f ON f.title_key = t.title_key
CROSS JOIN counted AS d
CROSS JOIN told AS e
ORDER BY t.title_key
