SELECT c.geo_key AS member_key, p.geo_key AS parent_key
FROM star_geo c
JOIN star_geo p ON p.region_code = c.parent
ORDER BY c.geo_key
