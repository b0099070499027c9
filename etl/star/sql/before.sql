-- What an increment needs of the last build, before its tables are made anew.
CREATE OR REPLACE TEMP TABLE star_built AS
SELECT fact, appended FROM meta.star_build;

CREATE OR REPLACE TEMP TABLE star_was_version AS
SELECT version_key, customer_key, valid_from, valid_to FROM core.dim_customer_version;

CREATE OR REPLACE TEMP TABLE star_was AS
SELECT as_of FROM meta.star_parameter;

CREATE OR REPLACE TEMP TABLE star_was_batch AS
SELECT batch_id, batch_key, batch_type FROM core.dim_batch;

CREATE OR REPLACE TEMP TABLE star_was_date AS
SELECT date, date_key, year, term, month_start, working_day_seq, days_to_term_start FROM core.dim_date;

CREATE OR REPLACE TEMP TABLE star_was_reason AS
SELECT kind, code, reason_key FROM core.dim_reason;

CREATE OR REPLACE TEMP TABLE star_was_owner AS
SELECT customer_key, geo_key, channel_key, owner_employee_key, credit_limit, first_order_date FROM core.dim_customer;

CREATE OR REPLACE TEMP TABLE star_was_catalogue AS
SELECT catalogue_id, catalogue_key, issue_date FROM core.dim_catalogue;

CREATE OR REPLACE TEMP TABLE star_was_warehouse AS
SELECT warehouse_id, warehouse_key, is_counted FROM core.dim_warehouse;

CREATE OR REPLACE TEMP TABLE star_was_method AS
SELECT name, payment_method_key FROM core.dim_payment_method;
