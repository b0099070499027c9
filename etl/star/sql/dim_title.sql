-- core.dim_title. The ISBN is the first valid one of isbn13, isbn10 and ean, else
-- the first number given. Language and country are taken from the ISBN's group
-- where the source has none. Price bands are in report currency, at the last
-- rate up to the as-of date.
CREATE OR REPLACE TABLE core.dim_title AS
WITH priced AS (
    SELECT t.title_id, CAST(t.list_price AS DECIMAL(28, 4)) * CASE WHEN t.list_ccy IS NULL OR t.list_ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS price
    FROM stage.title t
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_rate_last r ON r.ccy = t.list_ccy
), publisher AS (
    SELECT min(supplier_key) AS supplier_key, name FROM core.dim_supplier WHERE supplier_key > 0 GROUP BY name
), numbered AS (
    SELECT k.title_key,
           coalesce(CASE WHEN a.is_valid THEN a.code END, CASE WHEN b.is_valid THEN b.code END, CASE WHEN c.is_valid THEN c.code END,
                    CASE WHEN i.is_valid THEN i.code END, a.code, b.code, c.code) AS isbn13,
           coalesce(a.is_valid, false) OR coalesce(b.is_valid, false) OR coalesce(c.is_valid, false) OR coalesce(i.is_valid, false) AS isbn_valid,
           coalesce(CASE WHEN a.is_valid THEN a.language END, CASE WHEN b.is_valid THEN b.language END, CASE WHEN c.is_valid THEN c.language END, i.language) AS language,
           coalesce(CASE WHEN a.is_valid THEN a.country END, CASE WHEN b.is_valid THEN b.country END, CASE WHEN c.is_valid THEN c.country END, i.country) AS country
    FROM star_title k
    LEFT JOIN stage.title t ON t.title_id = k.title_id
    LEFT JOIN star_isbn a ON a.raw = t.isbn13
    LEFT JOIN star_isbn b ON b.raw = t.isbn10
    LEFT JOIN star_isbn c ON c.raw = t.ean
    LEFT JOIN star_isbn i ON i.raw = CASE WHEN k.is_inferred THEN CAST(k.title_id AS VARCHAR) END
)
SELECT k.title_key,
       CAST(k.title_id AS VARCHAR) AS title_id,
       n.isbn13,
       n.isbn_valid,
       coalesce(t.title, t.title_zh, CAST(k.title_id AS VARCHAR)) AS title,
       t.title_zh,
       CAST(t.work_id AS VARCHAR) AS work_id,
       t.edition,
       CAST(t.series_id AS VARCHAR) AS series_id,
       coalesce(s.supplier_key, m.supplier_key, -1) AS publisher_key,
       coalesce(s.name, t.publisher) AS publisher,
       t.imprint, t.pub_date,
       CAST(EXTRACT(year FROM t.pub_date) AS INTEGER) AS pub_year,
       t.pub_status,
       coalesce(t.language, n.language) AS language,
       coalesce(t.country, n.country) AS country,
       t.binding, t.level, t.list_price, t.list_ccy,
       CASE WHEN p.price IS NULL THEN '(unknown)'
            WHEN p.price < 50 THEN '0000-0049'
            WHEN p.price < 100 THEN '0050-0099'
            WHEN p.price < 200 THEN '0100-0199'
            WHEN p.price < 500 THEN '0200-0499'
            WHEN p.price < 1000 THEN '0500-0999'
            ELSE '1000+' END AS price_band,
       t.clc_primary,
       b.clc_key,
       t.catalogue_code,
       coalesce(t.is_textbook, t.level = 'textbook', false) AS is_textbook,
       t.first_listed,
       k.is_inferred
FROM star_title k
JOIN core.bridge_title_clc b ON b.title_key = k.title_key AND b.is_primary
JOIN numbered n ON n.title_key = k.title_key
LEFT JOIN stage.title t ON t.title_id = k.title_id
LEFT JOIN priced p ON p.title_id = k.title_id
LEFT JOIN core.dim_supplier s ON s.supplier_id = CAST(t.publisher_id AS VARCHAR)
LEFT JOIN publisher m ON m.name = CASE WHEN t.publisher_id IS NULL THEN t.publisher END
UNION ALL
SELECT -1, NULL, NULL, false, '(unknown)', NULL, NULL, NULL, NULL, -1, '(unknown)', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       '(unknown)', NULL, -1, NULL, false, NULL, false
ORDER BY title_key;

-- What a fact needs of its title, by the id of the source.
CREATE OR REPLACE TEMP TABLE star_title_map AS
SELECT k.title_id, k.title_key, d.clc_key, d.publisher_key, d.is_textbook, d.pub_date
FROM star_title k
JOIN core.dim_title d ON d.title_key = k.title_key;
