-- core.dim_age_band: how long something has been waiting, in days.
CREATE OR REPLACE TABLE core.dim_age_band AS
SELECT age_band_key, name_en, name_zh, first_day, last_day
FROM (VALUES
    (0, 'not waiting', '无等待', NULL, NULL),
    (1, 'up to 7 days', '7 天以内', 0, 7),
    (2, '8 to 14 days', '8–14 天', 8, 14),
    (3, '15 to 30 days', '15–30 天', 15, 30),
    (4, '31 to 60 days', '31–60 天', 31, 60),
    (5, '61 to 90 days', '61–90 天', 61, 90),
    (6, '91 to 180 days', '91–180 天', 91, 180),
    (7, '181 to 365 days', '181–365 天', 181, 365),
    (8, 'more than a year', '一年以上', 366, NULL)
) AS band (age_band_key, name_en, name_zh, first_day, last_day)
UNION ALL
SELECT -1, '(unknown)', '(unknown)', NULL, NULL
ORDER BY age_band_key;
