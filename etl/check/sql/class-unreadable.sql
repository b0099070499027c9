-- table: title
-- severity: warn
-- threshold: 0.02
-- needs: title
-- description: Class codes that are no class of the Chinese Library Classification
-- hint: Correct clc_primary in the title master, or give deeper classes in clc_class.
-- tested: SELECT count(*) FROM core.dim_title WHERE clc_primary IS NOT NULL
SELECT title_id, clc_primary AS value
FROM core.dim_title
WHERE clc_primary IS NOT NULL AND clc_key <= 0
