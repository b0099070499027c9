-- What an increment needs of the last build, before its tables are made anew.
CREATE OR REPLACE TEMP TABLE star_built AS
SELECT fact, appended FROM meta.star_build;

CREATE OR REPLACE TEMP TABLE star_was_version AS
SELECT version_key, customer_key, valid_from, valid_to FROM core.dim_customer_version;
