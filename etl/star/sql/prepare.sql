-- Schemas, the tables star writes to beside core, and what was supplied.
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE SCHEMA IF NOT EXISTS quarantine;

-- One row: what the run asks for.
CREATE OR REPLACE TABLE meta.star_parameter (as_of DATE, currency VARCHAR, fiscal_year_start INTEGER, version VARCHAR, valued VARCHAR);

-- What was made of every fact that need not be made whole: mode all or some, the
-- keys that were due, the rows put behind the others since it was whole, and why
-- it was made whole; dated says that meta.star_day knows its days.
CREATE OR REPLACE TABLE meta.star_build (fact VARCHAR, mode VARCHAR, due BIGINT, appended BIGINT, reason VARCHAR, dated BOOLEAN);

-- The days on which the facts of an increment differ from those before.
CREATE OR REPLACE TABLE meta.star_day (fact VARCHAR, date_key INTEGER);

-- The keys that members had in the last build; only their order counts.
CREATE TABLE IF NOT EXISTS meta.star_key (dim VARCHAR, id VARCHAR, key INTEGER);

-- Oddities met while building: hierarchies cut, chains that end nowhere.
CREATE OR REPLACE TABLE meta.star_note (subject VARCHAR, id VARCHAR, note VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.order_line (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR, "key" VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.return_line (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR, "key" VARCHAR);

ALTER TABLE quarantine.order_line ADD COLUMN IF NOT EXISTS "key" VARCHAR;
ALTER TABLE quarantine.return_line ADD COLUMN IF NOT EXISTS "key" VARCHAR;

CREATE TABLE IF NOT EXISTS meta.star_order_key AS
SELECT order_id, CAST(NULL AS INTEGER) AS order_key FROM stage.order_header WHERE false;

-- Merges of customers that the user confirmed; filled before the star is built.
CREATE TABLE IF NOT EXISTS meta.customer_merge (customer_id VARCHAR, merged_into VARCHAR, line INTEGER);

-- Hierarchies as resolved by the program: members that had a parent.
CREATE OR REPLACE TEMP TABLE star_tree (
    subject VARCHAR, member_key INTEGER, parent_key INTEGER, root_key INTEGER, depth INTEGER, is_cut BOOLEAN);

-- Master tables nobody supplied: their members are inferred from what mentions them.
CREATE OR REPLACE TEMP TABLE star_missing AS
SELECT m.table_name
FROM (VALUES ('customer'), ('title'), ('supplier'), ('employee'), ('channel_partner'), ('geo')) AS m (table_name)
LEFT JOIN (SELECT DISTINCT table_name FROM meta.table_load WHERE supplied) s ON s.table_name = m.table_name
WHERE s.table_name IS NULL;
