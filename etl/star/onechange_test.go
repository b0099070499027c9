package star

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
)

// goodsCompany is a company of batches, purchases and events, in which one change
// concerns one rule of what is due.
func goodsCompany(n *nights) {
	n.asOf = day(n.t, "2025-12-20")
	n.absent = nil
	n.both("UPDATE meta.table_load SET supplied = true")
	n.row("customer", "customer_id, name, customer_type", 1, "'Library'", "'library'")
	for id := 1; id <= 3; id++ {
		n.row("supplier", "supplier_id, name", id, fmt.Sprintf("'Press %d'", id))
		n.row("title", "title_id, title, weight_g, pages", id, "'T'", 100*id, "NULL")
	}
	n.row("title", "title_id, title, weight_g, pages", 4, "'T'", 250, "NULL")
	for _, ccy := range []string{"'USD'", "'EUR'"} {
		for _, d := range []string{"'2025-11-01'", "'2025-11-02'"} {
			n.both("INSERT INTO stage.fx_rate (rate_date, ccy, rate, kind) VALUES (%s, %s, 7, 'mid')", d, ccy)
		}
	}
	for id := 1; id <= 4; id++ {
		n.row("order_header", "order_id, order_no, customer_id, order_date", id, id, 1, fmt.Sprintf("'2025-10-0%d'", id))
	}
	n.row("batch", "batch_id, batch_type, freight_cny, duty_cny", 1, "'customs'", 100, 10) // lines 1 to 4 travel in it
	n.row("batch", "batch_id, batch_type, freight_cny, duty_cny", 2, "'customs'", 50, 5)   // no event: purchase order 2 is in it
	n.row("batch", "batch_id, batch_type, freight_cny, duty_cny", 3, "'customs'", 70, 7)   // line 9
	n.row("batch", "batch_id, batch_type, freight_cny", 4, "'supplier_order'", "NULL")
	n.row("batch", "batch_id, batch_type, freight_cny", 5, "'supplier_order'", "NULL")
	for id := 1; id <= 10; id++ {
		n.row("order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price", id, 1+(id-1)/3, id, 1+id%2, 5, 100)
	}
	for i, line := range []int{1, 2, 3, 4, 9} {
		n.row("order_line_stage_event", "event_id, line_id, stage, event_ts, qty, batch_id", 101+i, line, "'cleared'", "'2025-11-20'", []string{"5", "NULL", "5", "5", "5"}[i], []int{1, 1, 1, 1, 3}[i])
	}
	n.row("purchase_order", "po_id, supplier_id, po_date, ccy, batch_id", 1, 1, "'2025-11-01'", "'USD'", 4)
	n.row("purchase_order", "po_id, supplier_id, po_date, ccy, batch_id", 2, 2, "'2025-11-02'", "'EUR'", 2)
	n.row("purchase_order", "po_id, supplier_id, po_date, ccy, batch_id", 3, 1, "'2025-11-02'", "'EUR'", 4)
	for i, p := range [][3]int{{1, 1, 1}, {1, 5, 2}, {2, 6, 3}, {2, 7, 1}, {2, 8, 2}, {3, 10, 1}} {
		n.row("purchase_line", "po_line_id, po_id, order_line_id, title_id, qty, unit_cost_fcy, qty_received", 201+i, p[0], p[1], p[2], 5, 8, 5)
	}
	n.row("supplier_invoice", "inv_id, supplier_id, inv_date, amount_fcy, ccy, po_id", 1, 1, "'2025-11-20'", 80, "'USD'", 1)
	n.row("supplier_payment", "pay_id, inv_id, pay_date, amount_fcy, fx_settle", 1, 1, "'2025-12-01'", 80, "7.2")
	for i, e := range [][3]string{ // what is learnt from: stages a year ago and since
		{"5", "'supplier_ordered'", "'2024-12-21'"}, {"5", "'inbound'", "'2025-11-10'"}, {"6", "'supplier_ordered'", "'2025-11-05'"},
		{"6", "'outbound'", "'2025-12-01'"}, {"7", "'supplier_ordered'", "'2025-11-06'"}, {"10", "'supplier_ordered'", "'2025-11-06'"}, {"10", "'inbound'", "'2025-12-23'"}} {
		n.row("order_line_stage_event", "event_id, line_id, stage, event_ts, qty", 301+i, e[0], e[1], e[2], 5)
	}
}

// goodsChanges are what happens to it, one a night; "" is a day that passes.
func goodsChanges() []string {
	return []string{
		"",
		"UPDATE stage.title SET weight_g = 900 WHERE title_id = 2",
		"UPDATE stage.title SET weight_g = 900 WHERE title_id = 3",
		"UPDATE stage.order_line SET qty_ordered = 7 WHERE line_id = 2",
		"UPDATE stage.order_line SET title_id = 4 WHERE line_id = 4",
		"UPDATE stage.order_line SET is_deleted = true WHERE line_id = 3",
		"UPDATE stage.order_line SET is_deleted = NULL WHERE line_id = 3",
		"UPDATE stage.order_header SET is_deleted = true WHERE order_id = 1",
		"UPDATE stage.order_header SET is_deleted = NULL WHERE order_id = 1",
		"UPDATE stage.order_line SET is_deleted = true WHERE line_id = 7",
		"UPDATE stage.order_line_stage_event SET qty = 2 WHERE event_id = 101",
		"UPDATE stage.order_line_stage_event SET batch_id = 4 WHERE event_id = 103",
		"DELETE FROM stage.order_line_stage_event WHERE event_id = 104",
		"UPDATE stage.purchase_line SET qty_received = 3 WHERE po_line_id = 205",
		"UPDATE stage.purchase_line SET po_id = 3 WHERE po_line_id = 205",
		"UPDATE stage.purchase_line SET order_line_id = 8 WHERE po_line_id = 206",
		"UPDATE stage.purchase_line SET unit_cost_fcy = 9 WHERE po_line_id = 202",
		"UPDATE stage.purchase_order SET batch_id = 2 WHERE po_id = 3",
		"UPDATE stage.purchase_order SET batch_id = NULL WHERE po_id = 2",
		"UPDATE stage.purchase_order SET po_date = '2025-11-01' WHERE po_id = 2",
		"UPDATE stage.purchase_order SET ccy = 'USD' WHERE po_id = 3",
		"UPDATE stage.purchase_order SET supplier_id = 2 WHERE po_id = 1",
		"UPDATE stage.purchase_order SET batch_id = 5 WHERE po_id = 1",
		"UPDATE stage.fx_rate SET rate = 8 WHERE ccy = 'EUR' AND rate_date = '2025-11-01'",
		"UPDATE stage.supplier_payment SET fx_settle = 7.7",
		"UPDATE stage.batch SET freight_cny = 75 WHERE batch_id = 3",
		"DELETE FROM stage.supplier WHERE supplier_id = 1",
		"DELETE FROM stage.batch WHERE batch_id = 1",
		"",
		"",
		"INSERT INTO stage.order_line_stage_event (event_id, line_id, stage, event_ts, qty, source, _row) VALUES (401, 10, 'delivered', '2025-12-20', 5, 'test', 401)",
		"",
		"UPDATE stage.order_line_stage_event SET line_id = 5 WHERE event_id = 304",
		"",
	}
}

// everyChange makes the company and its changes night by night, without what is
// told of money and dealings, and says after which the star of increments is not
// that of a whole build. It asks every so many nights, and after the last.
func everyChange(t *testing.T, scripts fs.FS, every int) error {
	n := newNights(t, 3, "BIGINT")
	n.scripts = scripts
	n.steps = slices.Concat(salesSteps(), flowSteps(), []step{
		{"dim_money", "", script("money/dim_money")}, // keep and an increment ask for it
		{"service_kind", "", script("relations/service_kind")},
		{"keep", "", kept("keep", "keep")},
		{"tidy", "", script("tidy")},
	})
	o := Options{DueShare: 2, AppendedShare: 1e9}
	n.nightOf(func() { goodsCompany(n) })
	if err := n.build(o, false); err != nil {
		t.Fatal(err)
	}
	changes := goodsChanges()
	for i, change := range changes {
		n.nightOf(func() {
			if change == "" {
				n.asOf = n.asOf.AddDate(0, 0, 1)
				return
			}
			n.both("%s", change)
		})
		if err := n.build(o, (i+1)%every == 0 || i == len(changes)-1); err != nil {
			return fmt.Errorf("after %q: %w", change, err)
		}
	}
	return nil
}

// TestEveryChangeOfGoods compares increments with whole builds.
func TestEveryChangeOfGoods(t *testing.T) {
	t.Parallel()
	if err := everyChange(t, scripts, 6); err != nil {
		t.Error(err)
	}
}
