SELECT DISTINCT raw
FROM (
    SELECT isbn13 AS raw FROM stage.title
    UNION ALL
    SELECT isbn10 FROM stage.title
    UNION ALL
    SELECT ean FROM stage.title
    UNION ALL
    SELECT CAST(title_id AS VARCHAR) FROM star_title WHERE is_inferred
) given
WHERE raw IS NOT NULL
ORDER BY raw
