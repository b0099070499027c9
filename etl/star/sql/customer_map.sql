-- What a fact needs of its customer: the surviving record of merged ones, and
-- the region (region_code, else country, by code or by name).
CREATE OR REPLACE TEMP TABLE star_customer_geo AS
SELECT c.customer_key, coalesce(r.geo_key, k.geo_key, n.geo_key, -1) AS geo_key
FROM star_customer c
LEFT JOIN stage.customer s ON s.customer_id = c.customer_id
LEFT JOIN core.dim_geo r ON r.region_code = s.region_code
LEFT JOIN core.dim_geo k ON k.region_code = s.country
LEFT JOIN (
    SELECT name, min(geo_key) AS geo_key FROM core.dim_geo WHERE level = 'country' GROUP BY name
) n ON n.name = s.country;

CREATE OR REPLACE TEMP TABLE star_customer_map AS
SELECT c.customer_id, coalesce(t.root_key, c.customer_key) AS customer_key, g.geo_key
FROM star_customer c
LEFT JOIN star_tree t ON t.subject = 'merge' AND t.member_key = c.customer_key
JOIN star_customer_geo g ON g.customer_key = coalesce(t.root_key, c.customer_key);

INSERT INTO meta.star_note
SELECT 'customer', CAST(c.customer_id AS VARCHAR), 'merged in a circle: this record stands for all of it'
FROM star_customer c
JOIN star_tree t ON t.subject = 'merge' AND t.member_key = c.customer_key AND t.is_cut
ORDER BY c.customer_key;

INSERT INTO meta.star_note
SELECT 'customer', CAST(s.customer_id AS VARCHAR), 'merged into ' || CAST(s.merged_into AS VARCHAR) || ', which is not there: stays itself'
FROM stage.customer s
LEFT JOIN star_customer m ON m.customer_id = s.merged_into
WHERE s.merged_into IS NOT NULL AND m.customer_id IS NULL
ORDER BY s.customer_id;

INSERT INTO meta.star_note
SELECT 'customer', CAST(c.customer_id AS VARCHAR), 'its parents go round in a circle: cut here'
FROM star_customer c
JOIN star_tree t ON t.subject = 'customer' AND t.member_key = c.customer_key AND t.is_cut
ORDER BY c.customer_key;
