-- What the next increment compares with.
CREATE OR REPLACE TABLE meta.star_paid_rate AS
SELECT po_id, rate FROM star_settled ORDER BY po_id;

-- The working tables of the flow are no longer needed.
DROP TABLE star_order_flow;
DROP TABLE star_title_weight;
DROP TABLE IF EXISTS star_charged_batch;
DROP TABLE IF EXISTS star_batch_line;
DROP TABLE star_settled;
DROP TABLE star_landed_rule;
DROP TABLE star_final_stage;
DROP TABLE IF EXISTS star_line_event;
DROP TABLE IF EXISTS star_line_stage;
DROP TABLE IF EXISTS star_line_purchase;
DROP TABLE IF EXISTS star_line_invoice;
DROP TABLE IF EXISTS star_term;
DROP TABLE IF EXISTS star_flow;
DROP TABLE IF EXISTS star_flow_state;
DROP TABLE IF EXISTS star_open;
DROP TABLE IF EXISTS star_age;
DROP TABLE IF EXISTS star_aged;
DROP TABLE IF EXISTS star_eta_open;
DROP TABLE IF EXISTS star_eta_line;
DROP TABLE IF EXISTS star_eta_step;
DROP TABLE IF EXISTS star_eta_day;
DROP TABLE IF EXISTS star_eta_seen;
DROP TABLE IF EXISTS star_eta_asked;
DROP TABLE IF EXISTS star_eta_curve;
DROP TABLE IF EXISTS star_eta;
DROP TABLE IF EXISTS star_stage_first;
DROP TABLE IF EXISTS star_agreed;
DROP TABLE IF EXISTS star_stock;
DROP TABLE IF EXISTS star_listing;
DROP TABLE IF EXISTS star_listing_order;
DROP TABLE meta.star_landed;
