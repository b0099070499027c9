-- Schemas, the tables star writes to beside core, and what was supplied.
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE SCHEMA IF NOT EXISTS quarantine;

-- One row: what the run asks for.
CREATE OR REPLACE TABLE meta.star_parameter (as_of DATE, currency VARCHAR, fiscal_year_start INTEGER);

-- Oddities met while building: hierarchies cut, chains that end nowhere.
CREATE OR REPLACE TABLE meta.star_note (subject VARCHAR, id VARCHAR, note VARCHAR);

CREATE TABLE IF NOT EXISTS quarantine.order_line (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR, key VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.return_line (
    source VARCHAR, file VARCHAR, line BIGINT, record BIGINT,
    reason VARCHAR, column_name VARCHAR, value VARCHAR, raw VARCHAR, key VARCHAR);

-- Hierarchies as resolved by the program: members that had a parent.
CREATE OR REPLACE TEMP TABLE star_tree (
    subject VARCHAR, member_key INTEGER, parent_key INTEGER, root_key INTEGER, depth INTEGER, is_cut BOOLEAN);

-- Master tables nobody supplied: their members are inferred from what mentions them.
CREATE OR REPLACE TEMP TABLE star_missing AS
SELECT m.table_name
FROM (VALUES ('customer'), ('title'), ('supplier'), ('employee'), ('channel_partner'), ('geo')) AS m (table_name)
LEFT JOIN (SELECT DISTINCT table_name FROM meta.table_load WHERE supplied) s ON s.table_name = m.table_name
WHERE s.table_name IS NULL;
