-- The tables of the star that models read, empty, as the star step makes them.
CREATE SCHEMA core;
CREATE SCHEMA meta;
CREATE TABLE core.dim_customer (
  "customer_key" INTEGER, "customer_id" VARCHAR, "customer_no" VARCHAR, "name" VARCHAR, "name_en" VARCHAR, "customer_type" VARCHAR, "subtype" VARCHAR,
  "parent_customer_key" INTEGER, "group_name" VARCHAR, "industry" VARCHAR, "geo_key" INTEGER, "city" VARCHAR, "channel_key" INTEGER,
  "owner_employee_key" INTEGER, "first_contact_date" DATE, "first_contact_source" VARCHAR, "created_date" DATE, "status" VARCHAR,
  "credit_limit" DECIMAL(18,4), "credit_days" INTEGER, "annual_book_budget" DECIMAL(18,4), "pref_language" VARCHAR, "consent_marketing" BOOLEAN,
  "first_order_date" DATE, "last_order_date" DATE, "cohort_month" VARCHAR, "cohort_year" INTEGER, "is_inferred" BOOLEAN);
CREATE TABLE core.dim_title (
  "title_key" INTEGER, "title_id" VARCHAR, "isbn13" VARCHAR, "isbn_valid" BOOLEAN, "title" VARCHAR, "title_zh" VARCHAR, "work_id" VARCHAR,
  "edition" VARCHAR, "series_id" VARCHAR, "publisher_key" INTEGER, "publisher" VARCHAR, "imprint" VARCHAR, "pub_date" DATE, "pub_year" INTEGER,
  "pub_status" VARCHAR, "language" VARCHAR, "country" VARCHAR, "binding" VARCHAR, "level" VARCHAR, "list_price" DECIMAL(18,4), "list_ccy" VARCHAR,
  "price_band" VARCHAR, "clc_primary" VARCHAR, "clc_key" INTEGER, "catalogue_code" VARCHAR, "is_textbook" BOOLEAN, "first_listed" DATE,
  "is_inferred" BOOLEAN);
CREATE TABLE core.dim_clc (
  "clc_key" INTEGER, "code" VARCHAR, "name_zh" VARCHAR, "name_en" VARCHAR, "level" INTEGER, "parent_key" INTEGER, "path" VARCHAR, "l1_code" VARCHAR,
  "l1_name_zh" VARCHAR, "l1_name_en" VARCHAR, "l2_code" VARCHAR, "l2_name_zh" VARCHAR, "l2_name_en" VARCHAR, "l3_code" VARCHAR, "l3_name" VARCHAR,
  "bucket" VARCHAR, "bucket_name_zh" VARCHAR, "bucket_name_en" VARCHAR, "group5" VARCHAR);
CREATE TABLE core.dim_geo (
  "geo_key" INTEGER, "region_code" VARCHAR, "name" VARCHAR, "level" VARCHAR, "country" VARCHAR, "area" VARCHAR, "area_zh" VARCHAR, "province" VARCHAR,
  "province_zh" VARCHAR, "prefecture" VARCHAR, "county" VARCHAR, "is_inferred" BOOLEAN);
CREATE TABLE core.dim_date (
  "date_key" INTEGER, "date" DATE, "year" INTEGER, "half" INTEGER, "quarter" INTEGER, "month" INTEGER, "year_half" VARCHAR, "year_quarter" VARCHAR,
  "year_month" VARCHAR, "month_start" DATE, "iso_year" INTEGER, "iso_week" INTEGER, "iso_year_week" VARCHAR, "day_of_month" INTEGER,
  "day_of_week" INTEGER, "is_weekend" BOOLEAN, "is_holiday" BOOLEAN, "is_workday" BOOLEAN, "holiday_name" VARCHAR, "working_day_seq" INTEGER,
  "fiscal_year" INTEGER, "fiscal_quarter" INTEGER, "fiscal_month" INTEGER, "fiscal_year_quarter" VARCHAR, "academic_year" INTEGER,
  "academic_year_label" VARCHAR, "term" VARCHAR, "term_label" VARCHAR, "week_of_term" INTEGER, "days_to_term_start" INTEGER, "fair_name" VARCHAR);
CREATE TABLE core.dim_channel (
  "channel_key" INTEGER, "channel_id" VARCHAR, "name" VARCHAR, "kind" VARCHAR, "level" INTEGER, "parent_key" INTEGER, "is_inferred" BOOLEAN);
CREATE TABLE core.dim_employee (
  "employee_key" INTEGER, "employee_id" VARCHAR, "name" VARCHAR, "dept" VARCHAR, "manager_key" INTEGER, "hire_date" DATE, "leave_date" DATE,
  "is_active" BOOLEAN, "territory" VARCHAR, "is_inferred" BOOLEAN);
CREATE TABLE core.dim_campaign (
  "campaign_key" INTEGER, "campaign_id" VARCHAR, "name" VARCHAR, "parent_key" INTEGER, "programme_key" INTEGER, "programme" VARCHAR, "level" INTEGER,
  "type" VARCHAR, "medium" VARCHAR, "place" VARCHAR, "plan_start" DATE, "plan_end" DATE, "act_start" DATE, "act_end" DATE, "start_date" DATE,
  "year" INTEGER, "start_slip_days" INTEGER, "end_slip_days" INTEGER, "owner_employee_key" INTEGER, "budget" DECIMAL(18,4), "objective" VARCHAR,
  "predicted_effect" VARCHAR, "is_inferred" BOOLEAN);
CREATE TABLE core.dim_activity_kind (
  "activity_kind_key" INTEGER, "type" VARCHAR, "form" VARCHAR, "direction" VARCHAR, "purpose" VARCHAR, "result" VARCHAR);
CREATE TABLE core.dim_ticket_kind (
  "ticket_kind_key" INTEGER, "type" VARCHAR, "channel" VARCHAR, "severity" VARCHAR, "dept" VARCHAR, "root_cause" VARCHAR, "is_complaint" BOOLEAN);
CREATE TABLE core.fact_order_line (
  "line_id" BIGINT, "order_id" BIGINT, "order_key" INTEGER, "order_no" VARCHAR, "line_no" INTEGER, "date_key" INTEGER, "order_date" DATE,
  "customer_key" INTEGER, "title_key" INTEGER, "clc_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER,
  "publisher_key" INTEGER, "currency_key" INTEGER, "customer_version_key" INTEGER, "campaign_key" INTEGER, "catalogue_key" INTEGER,
  "order_flag_key" INTEGER, "qty" INTEGER, "qty_cancelled" INTEGER, "gross" DECIMAL(18,4), "discount" DECIMAL(18,4), "net" DECIMAL(18,4),
  "net_ccy" DECIMAL(18,4), "rate" DECIMAL(18,8), "tax" DECIMAL(18,4), "cost" DECIMAL(18,4), "margin" DECIMAL(18,4), "freight" DECIMAL(18,4),
  "duty" DECIMAL(18,4), "handling" DECIMAL(18,4), "landed_cost" DECIMAL(18,4), "gross_margin" DECIMAL(18,4), "net_constant" DECIMAL(18,4),
  "cost_constant" DECIMAL(18,4), "cost_settled" DECIMAL(18,4), "is_rush" BOOLEAN, "is_textbook" BOOLEAN, "term" VARCHAR, "status" VARCHAR,
  "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_return (
  "return_id" BIGINT, "line_id" BIGINT, "date_key" INTEGER, "return_date" DATE, "customer_key" INTEGER, "title_key" INTEGER, "clc_key" INTEGER,
  "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER, "publisher_key" INTEGER, "order_key" INTEGER, "customer_version_key" INTEGER,
  "qty" INTEGER, "value" DECIMAL(18,4), "reason" VARCHAR, "disposition" VARCHAR, "from_order_line" BOOLEAN, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_customer_month (
  "customer_key" INTEGER, "date_key" INTEGER, "month" DATE, "state_key" INTEGER, "employee_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER,
  "orders" INTEGER, "lines" INTEGER, "copies" BIGINT, "gross" DECIMAL(18,4), "net" DECIMAL(18,4), "margin" DECIMAL(18,4),
  "margin_landed" DECIMAL(18,4), "net_costed" DECIMAL(18,4), "returns" INTEGER, "copies_returned" BIGINT, "value_returned" DECIMAL(18,4),
  "contacts" INTEGER, "visits" INTEGER, "calls_out" INTEGER, "calls_in" INTEGER, "meetings" INTEGER, "mails" INTEGER, "messages" INTEGER,
  "sessions" INTEGER, "minutes" BIGINT, "km" DECIMAL(18,4), "tickets" INTEGER, "complaints" INTEGER, "sent" INTEGER, "responded" INTEGER,
  "lines_due" INTEGER, "lines_on_time" INTEGER, "lines_late" INTEGER, "contact_cost" DECIMAL(18,4), "ticket_cost" DECIMAL(18,4),
  "expense_cost" DECIMAL(18,4), "return_cost" DECIMAL(18,4), "cost_to_serve" DECIMAL(18,4), "marketing_cost" DECIMAL(18,4),
  "commission" DECIMAL(18,4), "capital_cost" DECIMAL(18,4), "contribution" DECIMAL(18,4), "recency_days" INTEGER, "lost_after_days" INTEGER,
  "frequency_12m" INTEGER, "net_12m" DECIMAL(18,4), "net_before_12m" DECIMAL(18,4), "net_retained_12m" DECIMAL(18,4),
  "net_before_active_12m" DECIMAL(18,4), "active" INTEGER, "is_active" BOOLEAN, "is_active_12m" INTEGER, "is_repeat_12m" INTEGER,
  "was_active_12m" INTEGER, "is_retained_12m" INTEGER, "is_new" INTEGER, "is_reactivated" INTEGER, "is_lost" INTEGER, "is_open" INTEGER,
  "moved_up" INTEGER, "moved_down" INTEGER, "customers" INTEGER);
CREATE TABLE core.fact_activity (
  "activity_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "date_key" INTEGER, "date" DATE, "activity_kind_key" INTEGER,
  "geo_key" INTEGER, "opp_id" BIGINT, "minutes" INTEGER, "km" DECIMAL(18,4), "cost" DECIMAL(18,4), "visits" INTEGER, "followed" INTEGER,
  "orders" INTEGER, "net" DECIMAL(18,4), "during_ticket" INTEGER, "promises" INTEGER, "next_step_date" DATE, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_ticket (
  "ticket_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "ticket_kind_key" INTEGER, "geo_key" INTEGER, "title_key" INTEGER,
  "publisher_key" INTEGER, "order_key" INTEGER, "date_key" INTEGER, "date" DATE, "response_date_key" INTEGER, "resolved_date_key" INTEGER,
  "response_hours" DECIMAL(18,4), "resolution_hours" DECIMAL(18,4), "minutes" INTEGER, "cost" DECIMAL(18,4), "transfers" INTEGER, "reopened" INTEGER,
  "complaints" INTEGER, "repeats" INTEGER, "resolved" INTEGER, "open" INTEGER, "first_contact" INTEGER, "breached" INTEGER, "overdue" INTEGER,
  "rated" INTEGER, "csat" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_campaign_target (
  "campaign_id" BIGINT, "customer_id" BIGINT, "contact_id" BIGINT, "campaign_key" INTEGER, "customer_key" INTEGER, "date_key" INTEGER, "date" DATE,
  "arm_key" INTEGER, "employee_key" INTEGER, "geo_key" INTEGER, "arm" VARCHAR, "send_no" INTEGER, "is_first" BOOLEAN, "is_treated" BOOLEAN,
  "is_control" BOOLEAN, "sent" INTEGER, "cost" DECIMAL(18,4), "shared_cost" DECIMAL(18,4), "opened" INTEGER, "clicked" INTEGER, "replied" INTEGER,
  "attended" INTEGER, "unsubscribed" INTEGER, "responded" INTEGER, "days_to_response" INTEGER, "ordered" INTEGER, "orders" INTEGER,
  "net" DECIMAL(18,4), "margin" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_campaign_response (
  "campaign_id" BIGINT, "customer_id" BIGINT, "contact_id" BIGINT, "campaign_key" INTEGER, "customer_key" INTEGER, "date_key" INTEGER, "date" DATE,
  "response_type_key" INTEGER, "employee_key" INTEGER, "geo_key" INTEGER, "value" DECIMAL(18,4), "off_target" BOOLEAN, "days_since_sent" INTEGER,
  "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_quote (
  "quote_id" BIGINT, "customer_key" INTEGER, "title_key" INTEGER, "publisher_key" INTEGER, "clc_key" INTEGER, "employee_key" INTEGER,
  "geo_key" INTEGER, "date_key" INTEGER, "date" DATE, "valid_to" DATE, "price_ccy" DECIMAL(18,4), "rate" DECIMAL(18,8), "price" DECIMAL(18,4),
  "accepted" INTEGER, "days_to_order" INTEGER, "net" DECIMAL(18,4), "copies" BIGINT, "conflicts" INTEGER, "pending" INTEGER, "source" VARCHAR,
  "source_row" BIGINT);
CREATE TABLE core.fact_lead (
  "lead_id" BIGINT, "customer_key" INTEGER, "campaign_key" INTEGER, "lead_kind_key" INTEGER, "geo_key" INTEGER, "employee_key" INTEGER,
  "date_key" INTEGER, "date" DATE, "touch_date_key" INTEGER, "days_to_touch" INTEGER, "days_to_order" INTEGER, "touched" INTEGER, "untouched" INTEGER,
  "converted" INTEGER, "lost" INTEGER, "open" INTEGER, "ordered" INTEGER, "score" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.dim_lead_kind ("lead_kind_key" INTEGER, "lead_source" VARCHAR, "status" VARCHAR, "lost_reason" VARCHAR);
CREATE TABLE core.dim_opportunity_kind ("opportunity_kind_key" INTEGER, "outcome" VARCHAR, "stage" VARCHAR, "lost_reason" VARCHAR, "competitor" VARCHAR);
CREATE TABLE core.fact_opportunity (
  "opp_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "opportunity_kind_key" INTEGER, "geo_key" INTEGER, "date_key" INTEGER, "date" DATE,
  "closed_date_key" INTEGER, "closed_date" DATE, "expected_date_key" INTEGER, "expected_close" DATE, "lead_id" BIGINT, "open" INTEGER, "won" INTEGER,
  "lost" INTEGER, "amount" DECIMAL(18,4), "amount_open" DECIMAL(18,4), "amount_won" DECIMAL(18,4), "amount_lost" DECIMAL(18,4),
  "weighted" DECIMAL(18,4), "cycle_days" INTEGER, "age_days" INTEGER, "stage_days" INTEGER, "slip_days" INTEGER, "overdue" INTEGER, "stages" INTEGER,
  "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_receivable (
  "invoice_id" BIGINT, "invoice_key" INTEGER, "date_key" INTEGER, "invoice_date" DATE, "due_date_key" INTEGER, "due_date" DATE,
  "is_due_given" BOOLEAN, "customer_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER, "currency_key" INTEGER,
  "ageing_key" INTEGER, "rate" DECIMAL(18,8), "billed_ccy" DECIMAL(18,4), "billed" DECIMAL(18,4), "tax" DECIMAL(18,4), "paid_ccy" DECIMAL(18,4),
  "paid" DECIMAL(18,4), "open_ccy" DECIMAL(18,4), "open" DECIMAL(18,4), "overdue" DECIMAL(18,4), "days_past_due" INTEGER, "is_due" BOOLEAN,
  "is_open" BOOLEAN, "is_overdue" BOOLEAN, "is_credit" BOOLEAN, "payments" INTEGER, "first_payment_date" DATE, "last_payment_date" DATE,
  "settled_date" DATE, "days_to_pay" INTEGER, "days_late" INTEGER, "is_paid_late" BOOLEAN, "is_paid" BOOLEAN, "status" VARCHAR,
  "source_status" VARCHAR, "fx_difference" DECIMAL(18,4), "has_lines" BOOLEAN, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_payment (
  "payment_id" BIGINT, "payment_key" INTEGER, "invoice_id" BIGINT, "invoice_key" INTEGER, "kind" VARCHAR, "date_key" INTEGER, "payment_date" DATE,
  "invoice_date" DATE, "customer_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER, "currency_key" INTEGER,
  "payment_method_key" INTEGER, "method" VARCHAR, "amount_ccy" DECIMAL(18,4), "amount" DECIMAL(18,4), "settled_ccy" DECIMAL(18,4),
  "settled" DECIMAL(18,4), "fx_difference" DECIMAL(18,4), "is_allocated" BOOLEAN, "is_unallocated" BOOLEAN, "is_overallocated" BOOLEAN,
  "days_to_pay" INTEGER, "days_late" INTEGER, "is_prepaid" BOOLEAN, "is_late" BOOLEAN, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.dim_reason (
  "reason_key" INTEGER, "kind" VARCHAR, "code" VARCHAR, "name_en" VARCHAR, "name_zh" VARCHAR, "is_customer" BOOLEAN);
CREATE TABLE core.fact_order_stage (
  "line_id" BIGINT, "order_key" INTEGER, "line_no" INTEGER, "date_key" INTEGER, "order_date" DATE, "customer_key" INTEGER, "title_key" INTEGER,
  "clc_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER, "publisher_key" INTEGER, "supplier_key" INTEGER,
  "catalogue_key" INTEGER, "order_flag_key" INTEGER, "cancel_reason_key" INTEGER, "received_date_key" INTEGER, "ordered_date_key" INTEGER,
  "confirmed_date_key" INTEGER, "shipped_date_key" INTEGER, "arrived_date_key" INTEGER, "cleared_date_key" INTEGER, "inspected_date_key" INTEGER,
  "inbound_date_key" INTEGER, "outbound_date_key" INTEGER, "delivered_date_key" INTEGER, "invoiced_date_key" INTEGER, "paid_date_key" INTEGER,
  "cancelled_date_key" INTEGER, "promised_date_key" INTEGER, "completed_date_key" INTEGER, "supplier_order_batch_key" INTEGER,
  "consolidation_batch_key" INTEGER, "customs_batch_key" INTEGER, "settlement_batch_key" INTEGER, "delivery_batch_key" INTEGER, "qty_ordered" INTEGER,
  "qty_cancelled" BIGINT, "qty_withdrawn" BIGINT, "qty_delivered" BIGINT, "qty_open" BIGINT, "qty_untracked" BIGINT, "qty_over" BIGINT,
  "qty_received" BIGINT, "qty_supplier_ordered" BIGINT, "qty_confirmed" BIGINT, "qty_shipped" BIGINT, "qty_arrived" BIGINT,
  "qty_cleared" BIGINT, "qty_inspected" BIGINT, "qty_inbound" BIGINT, "qty_outbound" BIGINT, "qty_invoiced" BIGINT, "qty_paid" BIGINT,
  "qty_cancel_events" BIGINT, "days_to_order" INTEGER, "days_to_confirm" INTEGER, "days_to_ship" INTEGER, "days_transport" INTEGER,
  "days_customs" INTEGER, "days_inspection" INTEGER, "days_to_stock" INTEGER, "days_to_dispatch" INTEGER, "days_delivery" INTEGER,
  "days_to_invoice" INTEGER, "days_to_pay" INTEGER, "workdays_to_order" INTEGER, "workdays_to_confirm" INTEGER, "workdays_to_ship" INTEGER,
  "workdays_transport" INTEGER, "workdays_customs" INTEGER, "workdays_inspection" INTEGER, "workdays_to_stock" INTEGER,
  "workdays_to_dispatch" INTEGER, "workdays_delivery" INTEGER, "workdays_to_invoice" INTEGER, "workdays_to_pay" INTEGER, "days_total" INTEGER,
  "workdays_total" INTEGER, "batch_wait_days" INTEGER, "batched_total_days" INTEGER, "promised_date" DATE, "days_late" INTEGER, "is_due" BOOLEAN,
  "is_on_time" BOOLEAN, "is_otif" BOOLEAN, "is_complete" BOOLEAN, "is_open" BOOLEAN, "is_tracked" BOOLEAN, "is_cancelled" BOOLEAN,
  "is_cancelled_then_delivered" BOOLEAN, "is_overdue" BOOLEAN, "is_rush" BOOLEAN, "is_textbook" BOOLEAN, "term_start" DATE, "is_term_due" BOOLEAN,
  "is_term_on_time" BOOLEAN, "current_stage_key" INTEGER, "stage_since" DATE, "age_in_stage" INTEGER, "workdays_in_stage" INTEGER, "age" INTEGER,
  "age_band_key" INTEGER, "stage_age_band_key" INTEGER, "stages_out_of_order" INTEGER, "stages_skipped" INTEGER, "open_value" DECIMAL(18,4),
  "eta_p50" DATE, "eta_p90" DATE, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_inventory (
  "date_key" INTEGER, "snap_date" DATE, "warehouse_key" INTEGER, "title_id" BIGINT, "title_key" INTEGER, "clc_key" INTEGER, "publisher_key" INTEGER,
  "qty_on_hand" INTEGER, "qty_reserved" INTEGER, "qty_on_order" INTEGER, "qty_free" INTEGER, "value" DECIMAL(18,4), "qty_out_90" BIGINT,
  "qty_covered" INTEGER, "is_dead" BOOLEAN, "dead_value" DECIMAL(18,4), "qty_dead" INTEGER, "judged_value" DECIMAL(18,4), "source" VARCHAR,
  "source_row" BIGINT);
CREATE TABLE core.fact_catalogue_listing (
  "catalogue_key" INTEGER, "title_key" INTEGER, "clc_key" INTEGER, "publisher_key" INTEGER, "date_key" INTEGER, "issue_date" DATE,
  "catalogue_id" BIGINT, "title_id" BIGINT, "page" INTEGER, "position" INTEGER, "price_quoted" DECIMAL(18,4), "deadline" DATE, "items" INTEGER,
  "is_mature" BOOLEAN, "is_hit" BOOLEAN, "lines_90" INTEGER, "copies_90" BIGINT, "net_90" DECIMAL(18,4), "days_to_first_order" INTEGER,
  "cited_lines" INTEGER, "cited_copies" BIGINT, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_plan (
  "date_key" INTEGER, "period" VARCHAR, "is_spread" BOOLEAN, "is_leading" BOOLEAN, "is_remainder" BOOLEAN, "dimension" VARCHAR, "scope" VARCHAR,
  "member" VARCHAR, "measure" VARCHAR, "goal" VARCHAR, "clc_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER,
  "customer_key" INTEGER, "value" DECIMAL(18,4), "net" DECIMAL(18,4), "margin" DECIMAL(18,4), "copies" BIGINT, "orders" BIGINT,
  "new_customers" BIGINT, "visits" BIGINT, "other_value" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_target (
  "date_key" INTEGER, "period" VARCHAR, "is_spread" BOOLEAN, "is_leading" BOOLEAN, "is_remainder" BOOLEAN, "dimension" VARCHAR, "scope" VARCHAR,
  "member" VARCHAR, "measure" VARCHAR, "goal" VARCHAR, "clc_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "employee_key" INTEGER,
  "customer_key" INTEGER, "value" DECIMAL(18,4), "net" DECIMAL(18,4), "margin" DECIMAL(18,4), "copies" BIGINT, "orders" BIGINT,
  "new_customers" BIGINT, "visits" BIGINT, "other_value" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_web_session (
  "visitor_id" VARCHAR, "matched_contact_id" BIGINT, "visitor_key" INTEGER, "customer_key" INTEGER, "date_key" INTEGER, "date" DATE,
  "referrer_key" INTEGER, "geo_key" INTEGER, "employee_key" INTEGER, "pages" INTEGER, "matched" INTEGER, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_message (
  "msg_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "date_key" INTEGER, "date" DATE, "direction_key" INTEGER, "geo_key" INTEGER,
  "thread" VARCHAR, "received" INTEGER, "answered" INTEGER, "unanswered" INTEGER, "late" INTEGER, "reply_hours" DECIMAL(18,4), "source" VARCHAR,
  "source_row" BIGINT);
CREATE TABLE core.fact_survey (
  "survey_id" BIGINT, "customer_id" BIGINT, "ticket_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "ticket_kind_key" INTEGER,
  "question_key" INTEGER, "geo_key" INTEGER, "date_key" INTEGER, "date" DATE, "answers" INTEGER, "score" INTEGER, "promoters" INTEGER,
  "passives" INTEGER, "detractors" INTEGER, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE meta.cost_rate (
  "name" VARCHAR, "value" DECIMAL(18,8), "unit" VARCHAR, "source" VARCHAR);
CREATE TABLE meta.relation_rule (
  "name" VARCHAR, "value" INTEGER, "unit" VARCHAR, "meaning" VARCHAR);
CREATE TABLE meta.run (
  "run_id" VARCHAR, "as_of" DATE, "seed" BIGINT, "version" VARCHAR, "config_digest" VARCHAR, "company" VARCHAR, "currency" VARCHAR,
  "language" VARCHAR, "fiscal_year_start" INTEGER);
CREATE TABLE core.dim_customer_version (
  "version_key" INTEGER, "customer_key" INTEGER, "valid_from" DATE, "valid_to" DATE, "is_current" BOOLEAN, "customer_id" VARCHAR, "name" VARCHAR,
  "customer_type" VARCHAR, "subtype" VARCHAR, "geo_key" INTEGER, "area" VARCHAR, "area_zh" VARCHAR, "province" VARCHAR, "province_zh" VARCHAR,
  "country" VARCHAR, "channel_key" INTEGER, "channel_id" VARCHAR, "channel" VARCHAR, "channel_kind" VARCHAR, "owner_employee_key" INTEGER,
  "owner_id" VARCHAR, "owner" VARCHAR, "status" VARCHAR, "credit_limit" DECIMAL(18,4), "credit_days" INTEGER, "price_policy_id" VARCHAR,
  "parent_customer_key" INTEGER);
CREATE TABLE core.dim_customer_state (
  "state_key" INTEGER, "tier" VARCHAR, "tier_no" INTEGER, "previous_tier" VARCHAR, "previous_tier_no" INTEGER, "year_ago_tier" VARCHAR,
  "year_ago_tier_no" INTEGER, "rfm_cell" VARCHAR, "r_score" INTEGER, "f_score" INTEGER, "m_score" INTEGER, "rfm_segment" VARCHAR, "tenure" VARCHAR,
  "tenure_no" INTEGER);
CREATE TABLE core.bridge_title_clc (
  "title_key" INTEGER, "clc_key" INTEGER, "weight" DOUBLE, "is_primary" BOOLEAN);
CREATE TABLE core.bridge_title_contributor (
  "title_key" INTEGER, "name" VARCHAR, "role" VARCHAR, "seq" INTEGER);
CREATE TABLE core.bridge_customer_interest (
  "customer_key" INTEGER, "clc_key" INTEGER, "weight" DOUBLE, "updated" DATE);
CREATE TABLE core.dim_supplier (
  "supplier_key" INTEGER, "supplier_id" VARCHAR, "name" VARCHAR, "type" VARCHAR, "country" VARCHAR, "ccy" VARCHAR, "lead_days_quoted" INTEGER,
  "payment_days" INTEGER, "status" VARCHAR, "is_inferred" BOOLEAN);
CREATE TABLE core.fact_purchase_line (
  "po_line_id" BIGINT, "po_id" BIGINT, "line_id" BIGINT, "date_key" INTEGER, "po_date" DATE, "due_date_key" INTEGER, "received_date_key" INTEGER,
  "supplier_key" INTEGER, "title_key" INTEGER, "clc_key" INTEGER, "publisher_key" INTEGER, "currency_key" INTEGER, "batch_key" INTEGER,
  "order_flag_key" INTEGER, "qty" INTEGER, "qty_received" INTEGER, "qty_short" INTEGER, "qty_damaged" INTEGER, "qty_open" INTEGER,
  "unit_cost_fcy" DECIMAL(18,4), "rate" DECIMAL(18,8), "rate_settled" DECIMAL(18,8), "cost_fcy" DECIMAL(18,4), "cost_ordered" DECIMAL(18,4),
  "cost" DECIMAL(18,4), "cost_settled" DECIMAL(18,4), "fx_difference" DECIMAL(18,4), "unit_agreed_fcy" DECIMAL(18,4), "price_variance" DECIMAL(18,4),
  "cost_agreed" DECIMAL(18,4), "confirmed_date" DATE, "due_date" DATE, "first_received" DATE, "last_received" DATE, "days_to_confirm" INTEGER,
  "lead_days" INTEGER, "lead_workdays" INTEGER, "slip_days" INTEGER, "is_in_time" BOOLEAN, "is_overdue" BOOLEAN, "is_due" BOOLEAN,
  "is_settled" BOOLEAN, "is_for_customer" BOOLEAN, "supplier_report" VARCHAR, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_expense (
  "date_key" INTEGER, "expense_date" DATE, "employee_id" BIGINT, "customer_id" BIGINT, "employee_key" INTEGER, "customer_key" INTEGER,
  "geo_key" INTEGER, "expense_kind_key" INTEGER, "kind" VARCHAR, "amount" DECIMAL(18,4), "is_people" BOOLEAN, "has_customer" BOOLEAN,
  "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_commission (
  "date_key" INTEGER, "period" VARCHAR, "employee_id" BIGINT, "employee_key" INTEGER, "base" DECIMAL(18,4), "rate" DECIMAL(9,4),
  "amount" DECIMAL(18,4), "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_contract (
  "contract_id" BIGINT, "customer_key" INTEGER, "employee_key" INTEGER, "geo_key" INTEGER, "date_key" INTEGER, "start_date" DATE, "end_date" DATE,
  "value" DECIMAL(18,4), "running" INTEGER, "ended" INTEGER, "renewed" INTEGER, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.fact_customer_profile (
  "customer_key" INTEGER, "contacts" INTEGER, "with_phone" INTEGER, "with_email" INTEGER, "with_role" INTEGER, "interests" INTEGER);
CREATE TABLE core.dim_currency (
  "currency_key" INTEGER, "ccy" VARCHAR, "name" VARCHAR);
CREATE TABLE core.dim_order_flags (
  "order_flag_key" INTEGER, "is_rush" BOOLEAN, "is_textbook" BOOLEAN, "is_web" BOOLEAN, "is_first_order" BOOLEAN, "is_promotion" BOOLEAN,
  "is_forthcoming" BOOLEAN);
CREATE TABLE core.dim_stage (
  "stage_key" INTEGER, "stage_no" INTEGER, "code" VARCHAR, "name_en" VARCHAR, "name_zh" VARCHAR, "phase" VARCHAR, "phase_zh" VARCHAR);
CREATE TABLE core.fact_stage_event (
  "event_id" BIGINT, "line_id" BIGINT, "order_key" INTEGER, "date_key" INTEGER, "event_ts" TIMESTAMP, "stage_key" INTEGER, "customer_key" INTEGER,
  "title_key" INTEGER, "clc_key" INTEGER, "geo_key" INTEGER, "channel_key" INTEGER, "publisher_key" INTEGER, "order_flag_key" INTEGER,
  "batch_key" INTEGER, "employee_key" INTEGER, "dept" VARCHAR, "qty" INTEGER, "promised_date" DATE, "is_before_order" BOOLEAN,
  "is_after_as_of" BOOLEAN, "days" INTEGER, "workdays" INTEGER, "source" VARCHAR, "source_row" BIGINT);
CREATE TABLE core.dim_catalogue (
  "catalogue_key" INTEGER, "catalogue_id" VARCHAR, "name" VARCHAR, "code" VARCHAR, "issue" VARCHAR, "issue_date" DATE, "medium" VARCHAR,
  "copies_sent" INTEGER, "is_inferred" BOOLEAN);
CREATE TABLE core.fact_inventory_move (
  "move_id" BIGINT, "date_key" INTEGER, "move_date" DATE, "title_key" INTEGER, "clc_key" INTEGER, "publisher_key" INTEGER,
  "from_warehouse_key" INTEGER, "to_warehouse_key" INTEGER, "warehouse_key" INTEGER, "qty" INTEGER, "qty_in" INTEGER, "qty_out" INTEGER,
  "unit_cost" DECIMAL(18,4), "value" DECIMAL(18,4), "value_in" DECIMAL(18,4), "value_out" DECIMAL(18,4), "ref" VARCHAR, "source" VARCHAR,
  "source_row" BIGINT);
