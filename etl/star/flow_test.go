package star

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// flowCompany fills stage with lines that each break or keep one rule.
func flowCompany(t testing.TB, conn engine.Conn) {
	fill(t, conn, "customer", "customer_id, name, customer_type", "1, 'Library', 'library'", "2, 'School', 'university'")
	fill(t, conn, "supplier", "supplier_id, name, discount_std", "1, 'Press', 20")
	fill(t, conn, "title", "title_id, title, publisher_id, weight_g, pages, list_price, list_ccy, pub_date",
		"1, 'Heavy', 1, 300, NULL, 10, 'USD', '2024-01-01'", "2, 'By pages', 1, NULL, 200, 10, 'CNY', NULL", "3, 'Bare', 1, NULL, NULL, NULL, NULL, '2025-12-01'")
	fill(t, conn, "catalogue", "catalogue_id, code, issue, issue_date", "1, 't', '202503', '2025-03-01'", "2, 's', '202506', '2025-06-20'")
	fill(t, conn, "catalogue_item", "catalogue_id, title_id, page", "1, 1, 4", "1, 1, 9", "1, 2, 5", "2, 1, 1")
	fill(t, conn, "fx_rate", "rate_date, ccy, rate, kind", "'2025-03-04', 'USD', 7, 'mid'")
	fill(t, conn, "order_header", "order_id, order_no, customer_id, order_date, entry_channel, is_rush, campaign_id, catalogue_id, required_date, status",
		"1, 'A', 1, '2025-03-03 10:00:00', 'web', false, NULL, 1, '2025-04-30', NULL",
		"2, 'B', 1, '2025-03-10 10:00:00', 'mail', true, 5, NULL, NULL, NULL",
		"3, 'C', 2, '2025-02-10 10:00:00', 'mail', false, NULL, 2, NULL, 'delivered'",
		"4, 'D', NULL, '2025-02-11 10:00:00', 'mail', false, NULL, NULL, NULL, 'cancelled'",
		"5, 'E', 2, '2025-02-20 10:00:00', 'mail', false, NULL, NULL, NULL, NULL")
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, qty_cancelled, cancel_reason, unit_price, is_textbook, term",
		"1, 1, 1, 1, 5, NULL, NULL, 100, NULL, NULL",      // two deliveries, in full and in time
		"2, 1, 2, 1, 5, 2, 'customer', 100, NULL, NULL",   // customer cancels two, one still to come
		"3, 1, 3, 2, 2, 2, 'op', 100, NULL, NULL",         // cancelled, then delivered
		"4, 1, 4, 2, 1, NULL, NULL, 100, NULL, NULL",      // events out of order, before the order, entered twice
		"5, 2, 1, 3, 1, NULL, NULL, 100, NULL, NULL",      // stages skipped, forthcoming
		"6, 3, 1, 2, 4, NULL, NULL, 100, true, '2025S'",   // no event: the status says it is over
		"7, 5, 2, 2, 3, NULL, NULL, 100, NULL, NULL",      // nothing known of it, from before the first event
		"13, 2, 6, 3, 1, NULL, NULL, 100, NULL, NULL",     // no event yet
		"8, 4, 1, 2, 3, NULL, NULL, 100, NULL, NULL",      // order withdrawn
		"9, 2, 3, 2, 2, NULL, NULL, 100, NULL, NULL",      // delivered more than ordered, and after the as-of date
		"10, 2, 4, 1, 1, NULL, NULL, 100, true, '2025S'",  // a textbook too late for its term
		"11, 2, 5, 2, 2, 1, 'not found', 100, NULL, NULL", // in time, not in full
		"12, 3, 2, 2, 1, NULL, NULL, 100, NULL, NULL")     // bought: dates of the purchase, invoice and payment
	event := func(line, stage, ts, qty, batch, promised string) string {
		return line + ", '" + stage + "', '" + ts + "', " + qty + ", " + batch + ", " + promised
	}
	fill(t, conn, "order_line_stage_event", "event_id, line_id, stage, event_ts, qty, batch_id, promised_date",
		"1, "+event("1", "supplier_ordered", "2025-03-05 09:00:00", "5", "7", "NULL"),
		"2, "+event("1", "delivered", "2025-04-01 09:00:00", "2", "NULL", "'2025-04-20'"),
		"3, "+event("1", "delivered", "2025-04-11 09:00:00", "3", "NULL", "NULL"),
		"4, "+event("2", "shipped_abroad", "2025-03-20 09:00:00", "2", "NULL", "NULL"),
		"5, "+event("2", "supplier_ordered", "2025-03-06 09:00:00", "5", "NULL", "NULL"),
		"6, "+event("2", "delivered", "2025-04-02 09:00:00", "2", "NULL", "NULL"),
		"7, "+event("2", "cancelled", "2025-04-03 09:00:00", "2", "NULL", "NULL"),
		"8, "+event("3", "cancelled", "2025-03-20 09:00:00", "2", "NULL", "NULL"),
		"9, "+event("3", "delivered", "2025-05-05 09:00:00", "2", "NULL", "NULL"),
		"10, "+event("4", "supplier_ordered", "2025-03-01 09:00:00", "1", "NULL", "NULL"),
		"11, "+event("4", "arrived_port", "2025-03-20 09:00:00", "1", "NULL", "NULL"),
		"12, "+event("4", "customs_cleared", "2025-03-18 09:00:00", "1", "8", "NULL"),
		"13, "+event("4", "customs_cleared", "2025-03-18 09:00:00", "1", "8", "NULL"),
		"14, "+event("4", "inspected", "2025-03-24 09:00:00", "NULL", "NULL", "NULL"),
		"15, "+event("5", "received", "2025-03-10 12:00:00", "1", "NULL", "'2025-06-30'"),
		"16, "+event("5", "arrived_port", "2025-04-10 09:00:00", "1", "NULL", "NULL"),
		"17, "+event("9", "delivered", "2025-04-10 09:00:00", "3", "NULL", "NULL"),
		"18, "+event("9", "invoiced", "2025-09-10 09:00:00", "2", "NULL", "NULL"),
		"19, "+event("10", "delivered", "2025-06-10 09:00:00", "1", "NULL", "NULL"),
		"20, "+event("11", "delivered", "2025-04-10 09:00:00", "1", "NULL", "'2025-04-10'"),
		"21, "+event("999", "delivered", "2025-04-10 09:00:00", "1", "NULL", "NULL"),
		"22, "+event("1", "customs_cleared", "2025-03-25 09:00:00", "2", "8", "NULL"))
	fill(t, conn, "batch", "batch_id, batch_type, supplier_id, freight_cny, duty_cny, weight_kg, carrier",
		"7, 'supplier_order', 1, NULL, NULL, NULL, NULL", "8, 'customs', NULL, 100, 0.0001, 0.95, 'Sea'",
		"9, 'customs', NULL, 50, 5, NULL, NULL", "10, 'consolidation', NULL, 10, NULL, NULL, NULL", "11, 'customs', NULL, 100, NULL, 9, NULL")
	fill(t, conn, "purchase_order", "po_id, supplier_id, po_date, batch_id, ccy", "1, 1, '2025-03-04', NULL, 'USD'", "2, 1, '2025-03-04', 10, NULL", "3, 1, '2025-03-04', 11, NULL")
	fill(t, conn, "purchase_line", "po_line_id, po_id, order_line_id, title_id, qty, unit_cost_fcy, qty_received, qty_short, qty_damaged, confirmed_date, due_date, first_received, last_received",
		"1, 1, 1, 1, 5, 9, 5, NULL, 1, '2025-03-06', '2025-03-20', '2025-03-24', '2025-03-30'",
		"2, 2, 12, 2, 1, 30, 1, NULL, NULL, NULL, NULL, '2025-03-14', NULL",
		"3, 2, NULL, 2, 2, 30, 0, 1, NULL, NULL, '2025-04-01', NULL, NULL",
		"4, 3, 10, 1, 1, 30, 1, NULL, NULL, NULL, NULL, NULL, NULL")
	fill(t, conn, "supplier_invoice", "inv_id, supplier_id, inv_date, amount_fcy, ccy, po_id", "1, 1, '2025-04-01', 45, 'USD', 1")
	fill(t, conn, "supplier_payment", "pay_id, inv_id, pay_date, amount_fcy, fx_settle", "1, 1, '2025-05-01', 30, 7.5", "2, 1, '2025-05-09', 15, 7.2")
	fill(t, conn, "invoice", "invoice_id, customer_id, inv_date, total", "1, 2, '2025-03-20', 100", "2, 2, '2025-03-25', 50")
	fill(t, conn, "invoice_line", "invoice_id, line_id, qty, amount", "1, 12, 1, 100", "2, 6, 4, 50")
	fill(t, conn, "payment", "payment_id, customer_id, pay_date, amount", "1, 2, '2025-04-20', 60", "2, 2, '2025-05-02', 40", "3, 2, '2025-05-03', 20")
	fill(t, conn, "payment_alloc", "payment_id, invoice_id, amount", "1, 1, 60", "2, 1, 40", "3, 2, 20")
	fill(t, conn, "inventory_snapshot", "snap_date, warehouse, title_id, qty_on_hand, qty_reserved, cost_cny",
		"'2025-05-31', 'main', 1, 10, 2, 100", "'2025-06-29', 'main', 1, 8, NULL, 80", "'2025-06-29', 'main', 2, 4, NULL, 40", "'2024-05-31', 'main', 2, 4, NULL, 40")
	fill(t, conn, "inventory_move", "move_id, ts, title_id, from_loc, to_loc, qty, unit_cost",
		"1, '2024-06-01 10:00:00', 2, 'supplier', 'main', 4, 10", "2, '2025-05-02 10:00:00', 1, 'main', 'customer', 3, 10", "3, '2025-06-10 10:00:00', 1, 'main', 'shop', 2, 10")
}

func flowStar(t *testing.T, ids string) engine.Conn {
	t.Helper()
	_, conn := newDatabase(t, ids, duck.Options{Threads: 1})
	flowCompany(t, conn)
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", Landed: Landed{HandlingPerCopy: 2}}); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestFlow holds every rule of sql/flow against lines made by hand.
func TestFlow(t *testing.T) {
	for _, ids := range []string{"BIGINT", "VARCHAR"} {
		t.Run(ids, func(t *testing.T) {
			conn := flowStar(t, ids)
			for _, test := range flowRules {
				t.Run(test.name, func(t *testing.T) {
					if diff := cmp.Diff(test.want, query(t, conn, test.sql)); diff != "" {
						t.Error(diff)
					}
				})
			}
		})
	}
}

var flowRules = []struct {
	name, sql string
	want      []string
}{
	{"copies: ordered = cancelled + delivered + open + untracked",
		`SELECT line_id, qty_ordered, qty_cancelled, qty_withdrawn, qty_delivered, qty_open, qty_untracked, qty_over, is_tracked FROM core.fact_order_stage ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"1|5|0|0|5|0|0|0|true", "2|5|2|2|2|1|0|0|true", "3|2|0|0|2|0|0|0|true", "4|1|0|0|0|1|0|0|true", "5|1|0|0|0|1|0|0|true",
			"6|4|0|0|4|0|0|0|true", "7|3|0|0|0|0|3|0|false", "8|3|3|0|0|0|0|0|true", "9|2|0|0|2|0|0|1|true", "10|1|0|0|1|0|0|0|true",
			"11|2|1|0|1|0|0|0|true", "12|1|0|0|1|0|0|0|true", "13|1|0|0|0|1|0|0|true"}},
	{"where the slowest copies are, and since when",
		`SELECT line_id, s.code, stage_since, age_in_stage, is_open, is_complete FROM core.fact_order_stage f JOIN core.dim_stage s ON s.stage_key = f.current_stage_key ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"1|delivered|∅|∅|false|true", "2|supplier_ordered|2025-03-06|116|true|false", "3|delivered|∅|∅|false|true", "4|inspected|2025-03-24|98|true|false",
			"5|arrived_port|2025-04-10|81|true|false", "6|invoiced|∅|∅|false|true", "7|received|∅|∅|false|false", "8|cancelled|∅|∅|false|false",
			"9|delivered|∅|∅|false|true", "10|delivered|∅|∅|false|true", "11|delivered|∅|∅|false|true", "12|paid|∅|∅|false|true", "13|received|2025-03-10|112|true|false"}},
	{"promises: first copies on time, all of them in full",
		`SELECT line_id, promised_date, is_due, is_on_time, is_otif, days_late FROM core.fact_order_stage WHERE line_id IN ('1', '2', '3', '4', '5', '8', '11') ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"1|2025-04-20|true|true|true|-9", "2|2025-04-30|true|true|false|∅", "3|2025-04-30|true|false|false|5", "4|2025-04-30|true|false|false|∅",
			"5|2025-06-30|true|false|false|∅", "8|∅|false|∅|∅|∅", "11|2025-04-10|true|true|false|0"}},
	{"events out of order, before the order, twice, skipped",
		`SELECT line_id, ordered_date_key, arrived_date_key, cleared_date_key, days_to_order, days_customs, days_inspection, qty_cleared, qty_inspected, stages_out_of_order, stages_skipped FROM core.fact_order_stage WHERE line_id IN ('4', '5') ORDER BY line_id`,
		[]string{"4|20250303|20250320|20250318|0|∅|6|1|1|1|2", "5|-1|20250410|-1|∅|∅|∅|0|0|0|3"}},
	{"cancelled, then delivered", `SELECT is_cancelled_then_delivered, cancelled_date_key, delivered_date_key FROM core.fact_order_stage WHERE line_id = '3'`, []string{"true|20250320|20250505"}},
	{"partial deliveries: first and last day, calendar and working days",
		`SELECT delivered_date_key, completed_date_key, days_total, workdays_total, qty_sent FROM (SELECT delivered_date_key, completed_date_key, days_total, workdays_total, qty_outbound AS qty_sent FROM core.fact_order_stage WHERE line_id = '1')`,
		[]string{"20250401|20250411|39|29|0"}},
	{"what has not happened by the as-of date", `SELECT invoiced_date_key, qty_invoiced FROM core.fact_order_stage WHERE line_id = '9'`, []string{"-1|0"}},
	{"without events: purchase, invoice, payment", `SELECT line_id, ordered_date_key, inbound_date_key, invoiced_date_key, paid_date_key, delivered_date_key FROM core.fact_order_stage WHERE line_id IN ('6', '12') ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"6|-1|-1|20250325|-1|-1", "12|20250304|20250314|20250320|20250502|-1"}},
	{"on time for the term", `SELECT line_id, term_start, is_term_due, is_term_on_time FROM core.fact_order_stage WHERE is_textbook ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"6|2025-02-01|false|∅", "10|2025-02-01|true|false"}},
	{"batches by kind", `SELECT a.batch_id, b.batch_id FROM core.fact_order_stage f JOIN core.dim_batch a ON a.batch_key = f.supplier_order_batch_key JOIN core.dim_batch b ON b.batch_key = f.customs_batch_key WHERE f.line_id = '1'`, []string{"7|8"}},
	{"flags", `SELECT line_id, d.is_rush, d.is_textbook, is_web, is_first_order, is_promotion, is_forthcoming FROM core.fact_order_line f JOIN core.dim_order_flags d ON d.order_flag_key = f.order_flag_key WHERE line_id IN ('1', '5', '6', '8', '10') ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"1|false|false|true|true|false|false", "5|true|false|false|false|true|true", "6|false|true|false|true|false|false", "8|false|false|false|false|false|false", "10|true|true|false|false|true|false"}},
	{"events as they are", `SELECT event_id, order_key > 0, is_before_order, days, workdays FROM core.fact_stage_event WHERE event_id IN ('10', '12', '14', '21', '22') ORDER BY CAST(event_id AS INTEGER)`,
		[]string{"10|true|true|∅|∅", "12|true|false|∅|∅", "14|true|false|6|4", "21|false|∅|∅|∅", "22|true|false|∅|∅"}},
	// Batch 8: 2 x 300 g of line 1, 300 g by pages of line 4, whose event stands twice.
	{"freight by weight, to the last ten-thousandth", `SELECT b.batch_id, c.line_id, c.weight_g, c.freight, c.duty, c.reason FROM core.fact_batch_cost c JOIN core.dim_batch b ON b.batch_key = c.batch_key ORDER BY CAST(b.batch_id AS INTEGER), c.line_id NULLS LAST, c.reason`,
		[]string{"8|1|600|66.6667|0.0001|∅", "8|4|300|33.3333|0.0000|∅", "9|∅|∅|50.0000|5.0000|the batch has no lines",
			"10|12|300|3.3333|0.0000|∅", "10|∅|600|6.6667|0.0000|bought for stock", "11|10|300|3.3333|0.0000|∅", "11|∅|8700|96.6667|0.0000|lines of the batch are missing"}},
	{"landed cost: settled rate, freight, duty, handling", `SELECT line_id, cost, margin, freight, duty, handling, landed_cost, gross_margin FROM core.fact_order_line WHERE line_id IN ('1', '7', '12') ORDER BY CAST(line_id AS INTEGER)`,
		[]string{"1|315.0000|185.0000|66.6667|0.0001|10.0000|409.6668|90.3332", "7|∅|∅|∅|∅|6.0000|∅|∅", "12|30.0000|70.0000|3.3333|0.0000|2.0000|35.3333|64.6667"}},
	{"purchases", `SELECT po_line_id, qty_open, cost_fcy, cost, cost_settled, fx_difference, unit_agreed_fcy, price_variance, lead_days, lead_workdays, slip_days, is_in_time, is_overdue, is_for_customer FROM core.fact_purchase_line ORDER BY CAST(po_line_id AS INTEGER)`,
		[]string{"1|0|45.0000|315.0000|333.0000|18.0000|8.0000|35.0000|20|14|4|false|false|true", "2|0|30.0000|30.0000|∅|∅|8.0000|22.0000|10|8|∅|∅|false|true",
			"3|1|60.0000|0.0000|∅|∅|8.0000|0.0000|∅|∅|∅|∅|true|false", "4|0|30.0000|30.0000|∅|∅|∅|∅|∅|∅|∅|∅|false|true"}},
	{"stock", `SELECT snap_date, t.title_id, qty_on_hand, qty_free, value, qty_out_90, is_dead, dead_value FROM core.fact_inventory f JOIN core.dim_title t ON t.title_key = f.title_key ORDER BY snap_date, t.title_id`,
		[]string{"2024-05-31|2|4|4|40.0000|∅|∅|∅", "2025-05-31|1|10|8|100.0000|3|false|0.0000", "2025-06-29|1|8|8|80.0000|5|false|0.0000", "2025-06-29|2|4|4|40.0000|0|true|40.0000"}},
	{"moves", `SELECT move_id, qty_in, qty_out, value_out FROM core.fact_inventory_move ORDER BY CAST(move_id AS INTEGER)`, []string{"1|4|0|0.0000", "2|0|3|30.0000", "3|0|2|20.0000"}},
	{"listings", `SELECT c.name, t.title_id, page, items, is_mature, is_hit, lines_90, copies_90, days_to_first_order, cited_lines FROM core.fact_catalogue_listing f JOIN core.dim_catalogue c ON c.catalogue_key = f.catalogue_key JOIN core.dim_title t ON t.title_key = f.title_key ORDER BY 1, 2`,
		[]string{"S 202506|1|1|1|false|∅|0|0|∅|0", "T 202503|1|4|2|true|true|3|9|2|2", "T 202503|2|5|1|true|true|3|4|2|1"}},
}

// TestFlowAddsUp states what must hold of any company, on the hand-made one.
func TestFlowAddsUp(t *testing.T) {
	conn := flowStar(t, "BIGINT")
	for name, sql := range map[string]string{
		"a line is there once": `SELECT line_id FROM core.fact_order_line EXCEPT SELECT line_id FROM core.fact_order_stage`,
		"batches are shared whole": `SELECT b.batch_id FROM core.dim_batch b LEFT JOIN core.fact_batch_cost c ON c.batch_key = b.batch_key
GROUP BY b.batch_id, b.freight, b.duty HAVING coalesce(sum(c.freight), 0) <> coalesce(b.freight, 0) OR coalesce(sum(c.duty), 0) <> coalesce(b.duty, 0)`,
		"lines carry what batches shared": `SELECT 1 FROM (SELECT sum(freight) AS f, sum(duty) AS d FROM core.fact_order_line) l,
(SELECT sum(freight) AS f, sum(duty) AS d FROM core.fact_batch_cost WHERE line_id IS NOT NULL) b WHERE l.f <> b.f OR l.d <> b.d`,
		"no working table is left": `SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'star\_%' ESCAPE '\' AND table_schema NOT IN ('meta')`,
	} {
		if rows := query(t, conn, sql); len(rows) > 0 {
			t.Errorf("%s: %v", name, rows)
		}
	}
}

// A late order is a customer's true first, though its number is behind those of
// the orders that were there before it.
func TestLateFirstOrder(t *testing.T) {
	conn := relationCompany(t)
	ordered(t, conn, "1", "1", "2026-03-10", "NULL")
	ordered(t, conn, "2", "1", "2026-05-10", "NULL")
	buildRelations(t, conn)
	const first = "SELECT l.order_id, l.order_key, g.is_first_order FROM core.fact_order_line l JOIN core.dim_order_flags g USING (order_flag_key) ORDER BY l.order_id"
	want(t, conn, first, "1|1|true", "2|2|false")
	ordered(t, conn, "9", "1", "2026-02-10", "NULL")
	ordered(t, conn, "7", "2", "2026-02-11", "NULL")
	buildRelations(t, conn)
	want(t, conn, first, "1|1|false", "2|2|false", "7|4|true", "9|3|true")
	want(t, conn, "SELECT customer_id, first_order_date, cohort_month FROM core.dim_customer WHERE first_order_date IS NOT NULL ORDER BY customer_id",
		"1|2026-02-10|2026-02", "2|2026-02-11|2026-02")
	want(t, conn, "SELECT customer_key, month FROM core.fact_customer_month WHERE is_new = 1 ORDER BY customer_key", "1|2026-02-01", "2|2026-02-01")
	for _, table := range []string{"core.fact_order_line", "core.fact_order_stage"} {
		want(t, conn, "SELECT order_key FROM "+table+" ORDER BY rowid", "3", "4", "1", "2")
	}
}

// Copies of a line and of all its events may be more than 32 bits hold: nothing
// overflows, and what came over the order is told apart from it.
func TestHugeCopies(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	flowCompany(t, conn)
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price", "90, 1, 9, 1, 2000000000, 1", "91, 1, 10, 1, 2000000000, 1")
	fill(t, conn, "order_line_stage_event", "event_id, line_id, stage, event_ts, qty",
		"90, 90, 'delivered', '2025-04-01 09:00:00', 2000000000", "91, 90, 'delivered', '2025-04-02 09:00:00', 2000000000",
		"92, 91, 'customs_cleared', '2025-04-01 09:00:00', 2000000000", "93, 91, 'customs_cleared', '2025-04-02 09:00:00', 1999999999")
	fill(t, conn, "purchase_line", "po_line_id, po_id, order_line_id, title_id, qty, unit_cost_fcy, qty_received, first_received",
		"90, 1, 91, 1, 2000000000, 1, 2000000000, '2025-03-24'", "91, 1, 91, 1, 2000000000, 1, 2000000000, '2025-03-24'")
	fill(t, conn, "invoice_line", "invoice_id, line_id, qty, amount", "1, 91, 2000000000, 1", "2, 91, 2000000000, 1")
	fill(t, conn, "return_line", "return_id, line_id, customer_id, title_id, return_date, qty, value_cny", "90, 90, 1, 1, '2025-04-20', 2000000000, 1", "91, 90, 1, 1, '2025-04-21', 2000000000, 1")
	if err := Build(t.Context(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", Landed: Landed{HandlingPerCopy: 2}}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, "SELECT line_id, qty_delivered, qty_over, qty_open, qty_cleared, qty_inbound, qty_invoiced FROM core.fact_order_stage WHERE line_id IN ('90', '91') ORDER BY line_id",
		"90|2000000000|2000000000|0|0|0|0", "91|0|0|2000000000|3999999999|4000000000|4000000000")
}
