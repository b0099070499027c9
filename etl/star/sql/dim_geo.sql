-- core.dim_geo: regions. A GB/T 2260 code takes province and area from its first
-- two digits, prefecture and county from stage.geo. Any other region lies in the
-- country at the top of its parents; that country, or its own name, is its area.
CREATE OR REPLACE TABLE core.dim_geo AS
WITH named AS (
    SELECT gb_code, min(name) AS name
    FROM star_geo
    WHERE gb_code IS NOT NULL AND name IS NOT NULL
    GROUP BY gb_code
), placed AS (
    SELECT g.geo_key, g.region_code, g.gb_code, g.is_inferred, g.province, g.province_zh, g.area, g.area_zh,
           CASE WHEN g.gb_code IS NULL THEN coalesce(g.level, 'country')
                WHEN right(g.gb_code, 4) = '0000' THEN 'province'
                WHEN right(g.gb_code, 2) = '00' THEN 'prefecture'
                ELSE 'county' END AS level,
           coalesce(g.name, CASE WHEN right(g.gb_code, 4) = '0000' THEN g.province END, g.region_code) AS name,
           coalesce(g.country, root.country, root.name, g.name, g.region_code) AS country,
           up.name AS parent_name, lower(up.level) AS parent_level,
           prefecture.name AS prefecture, county.name AS county
    FROM star_geo g
    LEFT JOIN star_tree t ON t.subject = 'geo' AND t.member_key = g.geo_key
    LEFT JOIN star_geo root ON root.geo_key = t.root_key
    LEFT JOIN star_geo up ON up.geo_key = t.parent_key
    LEFT JOIN named prefecture ON prefecture.gb_code = CASE WHEN right(g.gb_code, 4) <> '0000' THEN left(g.gb_code, 4) || '00' END
    LEFT JOIN named county ON county.gb_code = CASE WHEN right(g.gb_code, 2) <> '00' THEN g.gb_code END
)
SELECT geo_key, region_code, name, level,
       CASE WHEN gb_code IS NOT NULL THEN 'China' ELSE country END AS country,
       coalesce(area, country) AS area,
       coalesce(area_zh, country) AS area_zh,
       CASE WHEN gb_code IS NOT NULL THEN province
            WHEN level IN ('province', 'state') THEN name
            WHEN parent_level IN ('province', 'state') THEN parent_name END AS province,
       CASE WHEN gb_code IS NOT NULL THEN province_zh
            WHEN level IN ('province', 'state') THEN name
            WHEN parent_level IN ('province', 'state') THEN parent_name END AS province_zh,
       prefecture, county, is_inferred
FROM placed
UNION ALL
SELECT -1, NULL, '(unknown)', NULL, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)', NULL, NULL, false
ORDER BY geo_key;

INSERT INTO meta.star_note
SELECT 'geo', g.region_code, 'its parents go round in a circle: cut here'
FROM star_geo g
JOIN star_tree t ON t.subject = 'geo' AND t.member_key = g.geo_key AND t.is_cut
ORDER BY g.region_code;
