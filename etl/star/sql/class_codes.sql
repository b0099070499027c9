SELECT DISTINCT code
FROM (
    SELECT clc_primary AS code FROM stage.title
    UNION ALL
    SELECT code FROM stage.title_subject WHERE lower(scheme) = 'clc'
    UNION ALL
    SELECT clc_code FROM stage.customer_clc_interest
) given
WHERE code IS NOT NULL
ORDER BY code
