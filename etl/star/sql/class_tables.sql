-- Empty tables the program fills from the table of classes and the codes found.
CREATE OR REPLACE TABLE core.dim_clc (
    clc_key INTEGER, code VARCHAR, name_zh VARCHAR, name_en VARCHAR, level INTEGER, parent_key INTEGER, path VARCHAR,
    l1_code VARCHAR, l1_name_zh VARCHAR, l1_name_en VARCHAR, l2_code VARCHAR, l2_name_zh VARCHAR, l2_name_en VARCHAR,
    l3_code VARCHAR, l3_name VARCHAR, bucket VARCHAR, bucket_name_zh VARCHAR, bucket_name_en VARCHAR, group5 VARCHAR);
CREATE OR REPLACE TABLE core.world_area (area_code VARCHAR, name_zh VARCHAR, name_en VARCHAR, parent_code VARCHAR);

-- How every class code in the data was read: one row per subject in it. Codes
-- that cannot be read have clc_key 0 (unclassified).
CREATE OR REPLACE TABLE meta.clc_code (
    code VARCHAR, seq INTEGER, role VARCHAR, clc_key INTEGER, class VARCHAR, area VARCHAR, suffix VARCHAR, language VARCHAR,
    is_retired BOOLEAN, is_alternative BOOLEAN);
