-- core.fact_catalogue_listing: one row per title listed in a catalogue, by the day
-- of issue, and what was ordered of it in the 90 days from then, by whatever way the
-- order came. An order before the issue is not the catalogue's, even where it names
-- it. cited counts the lines whose order names this catalogue, whenever they came.
-- A listing is mature when its 90 days are over: hit rates are of mature listings.
CREATE OR REPLACE TEMP TABLE star_listing AS
WITH item AS (
    SELECT i.catalogue_id, i.title_id, min(i.page) AS page, min(i.position) AS position, min(i.price_cny_quoted) AS price_quoted,
           max(i.deadline) AS deadline, count(*) AS items, min(i.source) AS source, min(i._row) AS source_row
    FROM due.catalogue_item i
    WHERE NOT coalesce(i.is_deleted, false)
    GROUP BY i.catalogue_id, i.title_id
)
SELECT i.catalogue_id, i.title_id, i.page, i.position, i.price_quoted, i.deadline, i.items, i.source, i.source_row,
       coalesce(c.catalogue_key, -1) AS catalogue_key, c.issue_date,
       coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key, coalesce(t.publisher_key, -1) AS publisher_key
FROM item i
LEFT JOIN core.dim_catalogue c ON c.catalogue_id = CAST(i.catalogue_id AS VARCHAR)
LEFT JOIN star_title_map t ON t.title_id = i.title_id;

CREATE OR REPLACE TEMP TABLE star_listing_order AS
SELECT l.catalogue_id, l.title_id,
       sum(CASE WHEN f.order_date BETWEEN l.issue_date AND l.issue_date + 89 THEN 1 ELSE 0 END) AS lines,
       sum(CASE WHEN f.order_date BETWEEN l.issue_date AND l.issue_date + 89 THEN f.qty ELSE 0 END) AS copies,
       sum(CASE WHEN f.order_date BETWEEN l.issue_date AND l.issue_date + 89 THEN f.net ELSE 0 END) AS net,
       min(CASE WHEN f.order_date >= l.issue_date THEN f.order_date END) AS first_order,
       sum(CASE WHEN f.catalogue_key = l.catalogue_key AND l.catalogue_key > 0 AND f.order_date >= l.issue_date THEN 1 ELSE 0 END) AS cited_lines,
       sum(CASE WHEN f.catalogue_key = l.catalogue_key AND l.catalogue_key > 0 AND f.order_date >= l.issue_date THEN f.qty ELSE 0 END) AS cited_copies
FROM star_listing l
JOIN core.fact_order_line f ON f.title_key = l.title_key AND f.title_key > 0 AND f.qty > 0
CROSS JOIN meta.star_parameter p
WHERE f.order_date <= p.as_of
GROUP BY l.catalogue_id, l.title_id;

CREATE OR REPLACE TABLE core.fact_catalogue_listing AS
SELECT l.catalogue_key, l.title_key, l.clc_key, l.publisher_key, coalesce(d.date_key, -1) AS date_key, l.issue_date, l.catalogue_id, l.title_id,
       l.page, l.position, l.price_quoted, l.deadline, CAST(l.items AS INTEGER) AS items,
       coalesce(l.issue_date + 89 <= p.as_of, false) AS is_mature,
       CASE WHEN l.issue_date + 89 <= p.as_of THEN coalesce(o.lines, 0) > 0 END AS is_hit,
       CAST(coalesce(o.lines, 0) AS INTEGER) AS lines_90, CAST(coalesce(o.copies, 0) AS BIGINT) AS copies_90,
       CAST(coalesce(o.net, 0) AS DECIMAL(18, 4)) AS net_90, CAST(o.first_order - l.issue_date AS INTEGER) AS days_to_first_order,
       CAST(coalesce(o.cited_lines, 0) AS INTEGER) AS cited_lines, CAST(coalesce(o.cited_copies, 0) AS BIGINT) AS cited_copies,
       l.source, l.source_row
FROM star_listing l
CROSS JOIN meta.star_parameter p
LEFT JOIN core.dim_date d ON d.date = l.issue_date
LEFT JOIN star_listing_order o ON o.catalogue_id = l.catalogue_id AND o.title_id = l.title_id
ORDER BY l.issue_date NULLS LAST, l.catalogue_id, l.title_id;
