-- Regions: those of stage.geo, and those only mentioned by customers and orders
-- (when stage.geo was not supplied, when the code is one of a Chinese province,
-- or when it is the country of a customer without region).
CREATE OR REPLACE TEMP TABLE star_province AS
SELECT code, name, name_zh, area, area_zh
FROM (VALUES
    ('11', 'Beijing', '北京', 'North China', '华北'),
    ('12', 'Tianjin', '天津', 'North China', '华北'),
    ('13', 'Hebei', '河北', 'North China', '华北'),
    ('14', 'Shanxi', '山西', 'North China', '华北'),
    ('15', 'Inner Mongolia', '内蒙古', 'North China', '华北'),
    ('21', 'Liaoning', '辽宁', 'Northeast China', '东北'),
    ('22', 'Jilin', '吉林', 'Northeast China', '东北'),
    ('23', 'Heilongjiang', '黑龙江', 'Northeast China', '东北'),
    ('31', 'Shanghai', '上海', 'East China', '华东'),
    ('32', 'Jiangsu', '江苏', 'East China', '华东'),
    ('33', 'Zhejiang', '浙江', 'East China', '华东'),
    ('34', 'Anhui', '安徽', 'East China', '华东'),
    ('35', 'Fujian', '福建', 'East China', '华东'),
    ('36', 'Jiangxi', '江西', 'East China', '华东'),
    ('37', 'Shandong', '山东', 'East China', '华东'),
    ('41', 'Henan', '河南', 'Central China', '华中'),
    ('42', 'Hubei', '湖北', 'Central China', '华中'),
    ('43', 'Hunan', '湖南', 'Central China', '华中'),
    ('44', 'Guangdong', '广东', 'South China', '华南'),
    ('45', 'Guangxi', '广西', 'South China', '华南'),
    ('46', 'Hainan', '海南', 'South China', '华南'),
    ('50', 'Chongqing', '重庆', 'Southwest China', '西南'),
    ('51', 'Sichuan', '四川', 'Southwest China', '西南'),
    ('52', 'Guizhou', '贵州', 'Southwest China', '西南'),
    ('53', 'Yunnan', '云南', 'Southwest China', '西南'),
    ('54', 'Tibet', '西藏', 'Southwest China', '西南'),
    ('61', 'Shaanxi', '陕西', 'Northwest China', '西北'),
    ('62', 'Gansu', '甘肃', 'Northwest China', '西北'),
    ('63', 'Qinghai', '青海', 'Northwest China', '西北'),
    ('64', 'Ningxia', '宁夏', 'Northwest China', '西北'),
    ('65', 'Xinjiang', '新疆', 'Northwest China', '西北'),
    ('71', 'Taiwan', '台湾', 'Hong Kong, Macao & Taiwan', '港澳台'),
    ('81', 'Hong Kong', '香港', 'Hong Kong, Macao & Taiwan', '港澳台'),
    ('82', 'Macao', '澳门', 'Hong Kong, Macao & Taiwan', '港澳台')
) AS province (code, name, name_zh, area, area_zh);

CREATE OR REPLACE TEMP TABLE star_geo AS
WITH known AS (
    SELECT region_code, name, lower(level) AS level, parent, country FROM stage.geo
), mentioned AS (
    SELECT region_code, false AS as_country FROM stage.customer WHERE region_code IS NOT NULL
    UNION
    SELECT region_code, false FROM stage.customer_version WHERE region_code IS NOT NULL
    UNION
    SELECT ship_to_region, false FROM stage.order_header WHERE ship_to_region IS NOT NULL
    UNION
    SELECT country, true FROM stage.customer WHERE country IS NOT NULL AND region_code IS NULL
    UNION
    SELECT country, true FROM stage.customer_version WHERE country IS NOT NULL AND region_code IS NULL
), inferred AS (
    SELECT m.region_code, max(CASE WHEN m.as_country THEN 1 ELSE 0 END) AS as_country
    FROM mentioned m
    LEFT JOIN known k ON k.region_code = m.region_code
    LEFT JOIN (SELECT DISTINCT name FROM known WHERE level = 'country') n ON n.name = CASE WHEN m.as_country THEN m.region_code END
    LEFT JOIN star_province p
      ON p.code = CASE WHEN regexp_matches(m.region_code, '^[0-9]{2}([0-9]{2}){0,2}$') THEN left(m.region_code, 2) END
    LEFT JOIN star_missing s ON s.table_name = 'geo'
    WHERE k.region_code IS NULL AND n.name IS NULL
      AND (m.as_country OR p.code IS NOT NULL OR s.table_name IS NOT NULL)
    GROUP BY m.region_code
), member AS (
    SELECT region_code, name, level, parent, country, false AS is_inferred FROM known
    UNION ALL
    SELECT region_code, NULL, NULL, NULL, NULL, true FROM inferred
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.region_code) AS INTEGER) AS geo_key,
       m.region_code, m.name, m.level, m.parent, m.country, m.is_inferred,
       p.code AS province_code, p.name AS province, p.name_zh AS province_zh, p.area, p.area_zh,
       CASE WHEN p.code IS NOT NULL THEN rpad(m.region_code, 6, '0') END AS gb_code
FROM member m
LEFT JOIN star_province p
  ON p.code = CASE WHEN regexp_matches(m.region_code, '^[0-9]{2}([0-9]{2}){0,2}$') AND coalesce(m.level, '') <> 'country'
                   THEN left(m.region_code, 2) END
LEFT JOIN meta.star_key place ON place.dim = 'geo' AND place.id = m.region_code;
