package check

import (
	"context"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// flowTables are facts of one good and one bad row for each check of the flow.
const flowTables = `
CREATE SCHEMA core; CREATE SCHEMA stage;
CREATE TABLE core.fact_order_stage AS SELECT * FROM (VALUES
  (1, 5, 1, 3, 1, 0, 0, 0, 0, false), (2, 5, 1, 3, 0, 0, 1, 2, 5, true)
) AS t (line_id, qty_ordered, qty_cancelled, qty_delivered, qty_open, qty_untracked, stages_out_of_order, stages_skipped, qty_cancel_events, is_cancelled_then_delivered);
CREATE TABLE stage.order_line_stage_event AS SELECT * FROM (VALUES (1, 'delivered', TIMESTAMP '2025-01-01'), (2, 'cancelled', TIMESTAMP '2025-01-02')) AS t (line_id, stage, event_ts);
CREATE TABLE core.dim_batch AS SELECT * FROM (VALUES
  (1, '1', 10.0, 2.0, false, DATE '2025-01-01'), (2, '2', 10.0, 2.0, false, DATE '2025-02-01'), (3, '3', NULL, NULL, false, NULL), (4, '4', 7.0, 1.0, true, NULL),
  (5, '5', 3.0, 0.0, false, DATE '2024-12-31')
) AS t (batch_key, batch_id, freight, duty, is_deleted, open_date);
CREATE TABLE core.fact_batch_cost AS SELECT * FROM (VALUES
  (1, 1, 6.0, 2.0, NULL), (1, 2, 4.0, 0.0, NULL), (2, NULL, 9.0, 2.0, 'the batch has no lines'), (5, NULL, 3.0, 0.0, 'the batch has no lines')
) AS t (batch_key, line_id, freight, duty, reason);
CREATE TABLE core.fact_order_line AS SELECT * FROM (VALUES (1, 6.0, 2.0), (2, 5.0, 0.0), (3, NULL, NULL)) AS t (line_id, freight, duty);
CREATE TABLE core.dim_currency AS SELECT 1 AS currency_key, 'USD' AS ccy;
CREATE TABLE core.fact_purchase_line AS SELECT * FROM (VALUES
  (1, 5, 1, 4, DATE '2025-01-02', DATE '2025-01-09', 7.0, 1), (2, 5, 2, 4, DATE '2025-01-02', DATE '2025-01-01', NULL, 1)
) AS t (po_line_id, qty, qty_short, qty_received, po_date, first_received, rate, currency_key);
CREATE TABLE core.fact_inventory AS SELECT * FROM (VALUES (DATE '2025-01-31', 1, 5, 5), (DATE '2025-01-31', 2, 1, 2)) AS t (snap_date, title_id, qty_on_hand, qty_reserved);
CREATE TABLE core.dim_catalogue AS SELECT '1' AS catalogue_id, DATE '2025-03-01' AS issue_date;
CREATE TABLE stage.order_header AS SELECT * FROM (VALUES (1, 1, TIMESTAMP '2025-03-01 08:00:00'), (2, 1, TIMESTAMP '2025-02-28 08:00:00')) AS t (order_id, catalogue_id, order_date);
`

// TestFlowChecks holds that each check of the flow finds the bad row and only it.
func TestFlowChecks(t *testing.T) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(ctx, engine.SQL(flowTables)); err != nil {
		t.Fatal(err)
	}
	byID := map[string]Definition{}
	for _, d := range parsed() {
		byID[d.ID] = d
	}
	for id, tested := range map[string]int64{
		"flow-conservation": 2, "stage-out-of-order": 2, "stage-skipped": 2, "cancelled-then-delivered": 1,
		"batch-without-lines": 2, "batch-cost-shared": 5, "line-cost-shared": 2,
		"purchase-over-received": 2, "purchase-received-before-ordered": 2, "purchase-rate-missing": 2,
		"stock-negative": 2, "catalogue-after-order": 2,
	} {
		d, ok := byID[id]
		if !ok {
			t.Errorf("there is no check %s", id)
			continue
		}
		got, err := newRunner(conn).run(ctx, d)
		if err != nil || got.Offenders != 1 || got.Tested != tested {
			t.Errorf("%s: %d offenders of %d, want 1 of %d; %v", id, got.Offenders, got.Tested, tested, err)
		}
	}
}
