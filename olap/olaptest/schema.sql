-- The tables of a generation that cubes, models and pages read, empty.
CREATE SCHEMA core;
CREATE SCHEMA score;
CREATE SCHEMA card;
CREATE SCHEMA meta;

CREATE TABLE core.dim_date (
  date_key INTEGER, "date" DATE, "year" INTEGER, half INTEGER, "quarter" INTEGER, "month" INTEGER,
  year_half VARCHAR, year_quarter VARCHAR, year_month VARCHAR, month_start DATE,
  iso_year INTEGER, iso_week INTEGER, iso_year_week VARCHAR, day_of_month INTEGER, day_of_week INTEGER,
  is_weekend BOOLEAN, is_holiday BOOLEAN, is_workday BOOLEAN, holiday_name VARCHAR, working_day_seq INTEGER,
  fiscal_year INTEGER, fiscal_quarter INTEGER, fiscal_month INTEGER, fiscal_year_quarter VARCHAR,
  academic_year INTEGER, academic_year_label VARCHAR, term VARCHAR, term_label VARCHAR,
  week_of_term INTEGER, days_to_term_start INTEGER, fair_name VARCHAR);

CREATE TABLE core.dim_customer (
  customer_key INTEGER, customer_id VARCHAR, customer_no VARCHAR, name VARCHAR, name_en VARCHAR,
  customer_type VARCHAR, subtype VARCHAR, parent_customer_key INTEGER, group_name VARCHAR, industry VARCHAR,
  geo_key INTEGER, city VARCHAR, channel_key INTEGER, owner_employee_key INTEGER,
  first_contact_date DATE, first_contact_source VARCHAR, created_date DATE, status VARCHAR,
  credit_limit DECIMAL(18,4), credit_days INTEGER, annual_book_budget DECIMAL(18,4),
  pref_language VARCHAR, consent_marketing BOOLEAN, first_order_date DATE, last_order_date DATE,
  cohort_month VARCHAR, cohort_year INTEGER, is_inferred BOOLEAN);

CREATE TABLE core.dim_customer_version (
  version_key INTEGER, customer_key INTEGER, valid_from DATE, valid_to DATE, is_current BOOLEAN, customer_id VARCHAR, name VARCHAR,
  customer_type VARCHAR, subtype VARCHAR, geo_key INTEGER, area VARCHAR, area_zh VARCHAR, province VARCHAR, province_zh VARCHAR,
  country VARCHAR, channel_key INTEGER, channel_id VARCHAR, channel VARCHAR, channel_kind VARCHAR, owner_employee_key INTEGER, owner_id VARCHAR, owner VARCHAR,
  status VARCHAR, credit_limit DECIMAL(18,4), credit_days INTEGER, price_policy_id VARCHAR, parent_customer_key INTEGER);

CREATE TABLE core.dim_title (
  title_key INTEGER, title_id VARCHAR, isbn13 VARCHAR, isbn_valid BOOLEAN, title VARCHAR, title_zh VARCHAR,
  work_id VARCHAR, edition VARCHAR, series_id VARCHAR, publisher_key INTEGER, publisher VARCHAR, imprint VARCHAR,
  pub_date DATE, pub_year INTEGER, pub_status VARCHAR, "language" VARCHAR, country VARCHAR, binding VARCHAR,
  "level" VARCHAR, list_price DECIMAL(18,4), list_ccy VARCHAR, price_band VARCHAR, clc_primary VARCHAR,
  clc_key INTEGER, catalogue_code VARCHAR, is_textbook BOOLEAN, first_listed DATE, is_inferred BOOLEAN);

CREATE TABLE core.dim_clc (
  clc_key INTEGER, code VARCHAR, name_zh VARCHAR, name_en VARCHAR, "level" INTEGER, parent_key INTEGER, path VARCHAR,
  l1_code VARCHAR, l1_name_zh VARCHAR, l1_name_en VARCHAR, l2_code VARCHAR, l2_name_zh VARCHAR, l2_name_en VARCHAR,
  l3_code VARCHAR, l3_name VARCHAR, bucket VARCHAR, bucket_name_zh VARCHAR, bucket_name_en VARCHAR, group5 VARCHAR);
CREATE TABLE core.world_area (area_code VARCHAR, name_zh VARCHAR, name_en VARCHAR, parent_code VARCHAR);
CREATE TABLE core.bridge_title_clc (title_key INTEGER, clc_key INTEGER, weight DOUBLE, is_primary BOOLEAN);

CREATE TABLE core.dim_geo (
  geo_key INTEGER, region_code VARCHAR, name VARCHAR, "level" VARCHAR, country VARCHAR, area VARCHAR, area_zh VARCHAR,
  province VARCHAR, province_zh VARCHAR, prefecture VARCHAR, county VARCHAR, is_inferred BOOLEAN);
CREATE TABLE core.dim_supplier (
  supplier_key INTEGER, supplier_id VARCHAR, name VARCHAR, "type" VARCHAR, country VARCHAR, ccy VARCHAR,
  lead_days_quoted INTEGER, payment_days INTEGER, status VARCHAR, is_inferred BOOLEAN);
CREATE TABLE core.dim_employee (
  employee_key INTEGER, employee_id VARCHAR, name VARCHAR, dept VARCHAR, manager_key INTEGER,
  hire_date DATE, leave_date DATE, is_active BOOLEAN, territory VARCHAR, is_inferred BOOLEAN);
CREATE TABLE core.dim_channel (
  channel_key INTEGER, channel_id VARCHAR, name VARCHAR, kind VARCHAR, "level" INTEGER, parent_key INTEGER, is_inferred BOOLEAN);
CREATE TABLE core.dim_currency (currency_key INTEGER, ccy VARCHAR, name VARCHAR);
CREATE TABLE core.dim_order_flags (
  order_flag_key INTEGER, is_rush BOOLEAN, is_textbook BOOLEAN, is_web BOOLEAN, is_first_order BOOLEAN, is_promotion BOOLEAN, is_forthcoming BOOLEAN);
CREATE TABLE core.dim_catalogue (catalogue_key INTEGER, catalogue_id VARCHAR, name VARCHAR, code VARCHAR, medium VARCHAR);
CREATE TABLE core.dim_campaign (
  campaign_key INTEGER, campaign_id VARCHAR, name VARCHAR, parent_key INTEGER, programme_key INTEGER, programme VARCHAR, "level" INTEGER,
  "type" VARCHAR, medium VARCHAR, place VARCHAR, plan_start DATE, plan_end DATE, act_start DATE, act_end DATE, start_date DATE, "year" INTEGER,
  start_slip_days INTEGER, end_slip_days INTEGER, owner_employee_key INTEGER, budget DECIMAL(18,4), objective VARCHAR, predicted_effect VARCHAR,
  is_inferred BOOLEAN);

CREATE TABLE core.fact_order_line (
  line_id BIGINT, order_id BIGINT, order_key INTEGER, order_no VARCHAR, line_no INTEGER, date_key INTEGER, order_date DATE,
  customer_key INTEGER, title_key INTEGER, clc_key INTEGER, geo_key INTEGER, channel_key INTEGER, employee_key INTEGER,
  publisher_key INTEGER, currency_key INTEGER, campaign_key INTEGER, customer_version_key INTEGER, order_flag_key INTEGER, catalogue_key INTEGER, qty INTEGER, qty_cancelled INTEGER,
  gross DECIMAL(18,4), discount DECIMAL(18,4), net DECIMAL(18,4), net_ccy DECIMAL(18,4), rate DECIMAL(18,8), tax DECIMAL(18,4),
  cost DECIMAL(18,4), margin DECIMAL(18,4), net_constant DECIMAL(18,4), cost_constant DECIMAL(18,4),
  freight DECIMAL(18,4), duty DECIMAL(18,4), handling DECIMAL(18,4), landed_cost DECIMAL(18,4), gross_margin DECIMAL(18,4), is_rush BOOLEAN, is_textbook BOOLEAN, term VARCHAR, status VARCHAR,
  source VARCHAR, source_row BIGINT);
CREATE TABLE core.fact_return (
  return_id BIGINT, line_id BIGINT, date_key INTEGER, return_date DATE, customer_key INTEGER, title_key INTEGER,
  clc_key INTEGER, geo_key INTEGER, channel_key INTEGER, employee_key INTEGER, publisher_key INTEGER, order_key INTEGER,
  customer_version_key INTEGER, qty INTEGER, "value" DECIMAL(18,4), reason VARCHAR, disposition VARCHAR, from_order_line BOOLEAN,
  source VARCHAR, source_row BIGINT);

CREATE TABLE score.rfm (
  customer_key INTEGER, as_of DATE, recency_days INTEGER, frequency INTEGER, monetary DECIMAL(18,4),
  r_score INTEGER, f_score INTEGER, m_score INTEGER, cell VARCHAR, segment VARCHAR, mode VARCHAR);
CREATE TABLE score.pyramid (
  customer_key INTEGER, as_of DATE, basis VARCHAR, "value" DECIMAL(18,4), "rank" INTEGER, share DOUBLE, cum_share DOUBLE,
  tier VARCHAR, tier_no INTEGER);
CREATE TABLE score.customer_place (
  customer_key INTEGER, as_of DATE, segment_no INTEGER, segment VARCHAR, segment_zh VARCHAR, loyalty_status VARCHAR, "move" VARCHAR);
CREATE TABLE score.title (title_key INTEGER, as_of DATE, abc VARCHAR, xyz VARCHAR, phase VARCHAR, phase_no INTEGER);
CREATE TABLE score.concentration (
  basis VARCHAR, share_of_customers DOUBLE, customers INTEGER, "value" DECIMAL(18,4), share_of_value DOUBLE);

CREATE TABLE card.model (model VARCHAR, version VARCHAR, as_of DATE, seed BIGINT, "rows" BIGINT, definition VARCHAR, reading VARCHAR,
  definition_zh VARCHAR, reading_zh VARCHAR);
CREATE TABLE card.parameter (model VARCHAR, name VARCHAR, "value" VARCHAR, value_zh VARCHAR);
CREATE TABLE card.metric (model VARCHAR, name VARCHAR, "value" DOUBLE, unit VARCHAR, reading VARCHAR, reading_zh VARCHAR);
CREATE TABLE card.feature (model VARCHAR, name VARCHAR, definition VARCHAR, definition_zh VARCHAR);

CREATE TABLE meta.run (
  run_id VARCHAR, as_of DATE, seed BIGINT, version VARCHAR, config_digest VARCHAR, company VARCHAR, currency VARCHAR,
  "language" VARCHAR, fiscal_year_start INTEGER);
CREATE TABLE meta.extract (
  source VARCHAR, extract VARCHAR, file VARCHAR, format VARCHAR, encoding VARCHAR, dialect VARCHAR, bytes BIGINT,
  sha256 VARCHAR, read BIGINT, landed BIGINT, rejected BIGINT);
CREATE TABLE meta.table_load (
  table_name VARCHAR, source VARCHAR, supplied BOOLEAN, read BIGINT, loaded BIGINT, quarantined BIGINT);
CREATE TABLE meta.quarantine_reason (table_name VARCHAR, source VARCHAR, reason VARCHAR, "rows" BIGINT);
CREATE TABLE meta.check_result (
  check_id VARCHAR, table_name VARCHAR, severity VARCHAR, description VARCHAR, hint VARCHAR, tested BIGINT,
  offenders BIGINT, threshold DOUBLE, passed BOOLEAN, samples VARCHAR);
CREATE TABLE meta.reconciliation (
  subject VARCHAR, unit VARCHAR, source_value DECIMAL(38,4), warehouse_value DECIMAL(38,4), explained DECIMAL(38,4),
  difference DECIMAL(38,4), detail VARCHAR);
