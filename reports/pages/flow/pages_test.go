package flow

import (
	"math"
	"os"
	"strings"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/olaptest"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

func statements(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/world.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The pages as they read, in both languages.
func TestPages(t *testing.T) {
	db := world(t, statements(t))
	for _, lang := range []string{"en", "zh"} {
		for slug, p := range built(t, pagetest.Context(t, db, lang)) {
			if strings.Contains(slug, "absent") || len(p.Sections) < 2 {
				t.Errorf("%s shows nothing", slug)
			}
			pagetest.Golden(t, slug+"."+lang+".txt", pagetest.Outline(p))
		}
	}
}

// Figures of the pages beside statements written for this test.
func TestFiguresByOtherStatements(t *testing.T) {
	db := world(t, statements(t))
	pages := built(t, pagetest.Context(t, db, "en"))
	kpi := func(slug, label string) float64 {
		_, figures := tables(pages[slug])
		v, ok := figures[label]
		if !ok {
			t.Errorf("%s has no figure %q", slug, label)
		}
		return v.Float
	}
	cell := func(slug, table string, row, column int) float64 {
		found, _ := tables(pages[slug])
		x := found[table]
		if x == nil || len(x.Rows) == 0 {
			t.Fatalf("%s: no table %s", slug, table)
		}
		if row < 0 {
			row += len(x.Rows)
		}
		return x.Rows[row].Cells[column].Float
	}
	const year = " BETWEEN DATE '2024-07-01' AND DATE '2025-06-30'"
	for _, check := range []struct {
		what string
		got  float64
		sql  string
	}{
		{"median days of the finished", kpi("flow", "Order to delivery, P50"), "SELECT took FROM (SELECT took, row_number() OVER (ORDER BY took) AS n, count(*) OVER () AS m FROM way WHERE ordered + CAST(took AS INTEGER) <= DATE '2025-06-30') WHERE n = (m + 1) // 2"},
		{"on time", kpi("flow", "On time"), "SELECT avg(CASE WHEN took <= 50 THEN 1.0 ELSE 0 END) FROM way WHERE ordered + 50" + " <= DATE '2025-06-30'"},
		{"open lines", cell("flow", "open", -1, 1), "SELECT count(*) FROM way WHERE ordered + CAST(took AS INTEGER) > DATE '2025-06-30'"},
		{"open value", cell("flow", "open", -1, 2), "SELECT sum(100 + i % 7) FROM way WHERE ordered + CAST(took AS INTEGER) > DATE '2025-06-30'"},
		{"rush lines", cell("flow", "rush", 0, 1), "SELECT count(*) FROM way WHERE rush"},
		{"batches of suppliers", cell("flow", "batches", 0, 2), "SELECT count(*) FROM core.dim_batch WHERE batch_type = 'supplier_order' AND close_date" + year},
		{"freight per kilogram", cell("flow", "batches", 1, 7), "SELECT 20"},
		{"lines expected within a week", cell("arrivals", "weeks", 0, 1), "SELECT count(*) FROM way WHERE ordered + CAST(took AS INTEGER) > DATE '2025-06-30' AND ordered + 40 <= DATE '2025-07-07'"},
		{"lines by week", cell("arrivals", "weeks", -1, 1), "SELECT count(*) FROM way WHERE ordered + CAST(took AS INTEGER) > DATE '2025-06-30'"},
		{"judged of all cutoffs", cell("arrivals", "cutoffs", -1, 2), "SELECT sum(judged_p50) FROM score.arrival_backtest"},
		{"textbooks of past terms", cell("arrivals", "course", 0, 1) + cell("arrivals", "course", 1, 1), "SELECT count(*) FROM way WHERE textbook AND ordered < DATE '2025-02-20' AND DATE '2025-02-20' - ordered >= 112"},
		{"bought", kpi("suppliers", "Bought"), "SELECT count(*) * 60 FROM way WHERE ordered" + year},
		{"by the agreed day", kpi("suppliers", "By the agreed day"), "SELECT avg(CASE WHEN took // 2 <= 20 THEN 1.0 ELSE 0 END) FROM way WHERE ordered + 30 <= DATE '2025-06-30'"},
		{"received of ordered", kpi("suppliers", "Received of ordered"), "SELECT sum(CASE WHEN i % 25 = 0 THEN 8.0 ELSE 10 END) / (count(*) * 10) FROM way"},
		{"net of all", cell("partners", "ways", -1, 2), "SELECT sum(net) FROM core.fact_customer_month WHERE month" + year},
		{"tickets", kpi("service", "Tickets"), "SELECT count(*) FROM core.fact_ticket WHERE date" + year},
		{"complaints", kpi("service", "Complaints"), "SELECT count(*) FROM core.fact_ticket AS k JOIN core.dim_ticket_kind AS d USING (ticket_kind_key) WHERE d.is_complaint AND date" + year},
		{"owed", kpi("receivables", "Owed to us"), "SELECT sum(open) FROM core.fact_receivable"},
		{"owed by age", cell("receivables", "ageing", -1, 3), "SELECT sum(open) FROM core.fact_receivable"},
		{"overdue by area", cell("receivables", "areas", -1, 2), "SELECT sum(overdue) FROM core.fact_receivable"},
		{"overdue by customer", cell("receivables", "debtors", -1, 3), "SELECT sum(overdue) FROM core.fact_receivable"},
		{"DSO", kpi("receivables", "DSO"), "SELECT (50000 + 1000 * 23) / 60000.0 * 90"},
		{"DPO", kpi("receivables", "DPO"), "SELECT (SELECT sum(open) FROM core.fact_payable) / (SELECT sum(billed) FROM core.fact_payable WHERE invoice_date > DATE '2025-06-30' - 90) * 90.0"},
		{"answered within 24 hours", cell("goals", "board", 0, 1), "SELECT avg(CASE WHEN response_hours <= 24 THEN 1.0 ELSE 0 END) FROM core.fact_ticket WHERE date" + year},
	} {
		want := jobtest.Number(t, db, check.sql)
		if math.Abs(check.got-want) > 1e-6*math.Max(1, math.Abs(want)) {
			t.Errorf("%s: %v, want %v", check.what, check.got, want)
		}
	}
}

// Without the tables, with them empty, and with a single row of each, the pages say
// what they can.
func TestPagesOfLittle(t *testing.T) {
	bare := pagetest.Context(t, olaptest.Star(t), "en")
	for slug, p := range built(t, bare) {
		if len(p.Sections) != 1 || p.Sections[0].Blocks[0].Absent == nil {
			t.Errorf("%s does not say what is absent", slug)
		}
	}
	for name, more := range map[string]string{
		"empty": "DELETE FROM core.fact_order_line; DELETE FROM core.fact_return",
		"one row": `DELETE FROM core.fact_order_line; DELETE FROM core.fact_return; DELETE FROM core.dim_customer WHERE customer_key > 1;
INSERT INTO core.fact_order_stage (line_id, order_date, customer_key, title_key, supplier_key, current_stage_key, is_open, is_tracked, open_value, qty_open, qty_ordered) VALUES (1, '2025-06-01', 1, -1, -1, 1, true, true, -5, 1, 1);
INSERT INTO core.dim_stage (stage_key, code, name_en, name_zh) VALUES (1, 'received', 'received', '收订');
INSERT INTO core.fact_stage_event (event_id, line_id, stage_key, event_ts, qty) VALUES (1, 1, 1, '2025-06-01', 1);
INSERT INTO core.fact_purchase_line (po_line_id, supplier_key, po_date, cost, is_settled, is_due) VALUES (1, -1, '2025-06-01', 0, false, false);
INSERT INTO core.fact_ticket (ticket_id, customer_key, ticket_kind_key, date) VALUES (1, -1, -1, '2025-06-01');
INSERT INTO core.fact_receivable (invoice_id, customer_key, geo_key, invoice_date, ageing_key, billed, open, overdue, is_open, is_overdue, days_past_due) VALUES (1, -1, -1, '2025-06-01', -1, -10, -10, 0, false, false, NULL);
INSERT INTO core.fact_payable (inv_id, invoice_date, open, overdue, is_open) VALUES (1, '2025-06-01', 0, 0, false);
INSERT INTO core.fact_survey (survey_id, date, answers) VALUES (1, '2025-06-01', 0);
INSERT INTO core.fact_customer_month (customer_key, month, net) VALUES (1, '2025-06-01', 0)`,
		"old": strings.ReplaceAll(strings.ReplaceAll(statements(t), "DATE '2024-0", "DATE '2014-0"), "DATE '2023-0", "DATE '2013-0"),
	} {
		t.Run(name, func(t *testing.T) {
			db := world(t, more)
			for _, lang := range []string{"en", "zh"} {
				built(t, pagetest.Context(t, db, lang))
			}
		})
	}
}

// Names from the data stand as they are in tables and sentences, and readers by
// their number.
func TestNamesOfTheData(t *testing.T) {
	const evil = `<script>alert(1)</script>{n} 😀 ‮' ; -- ` + "[x.y]"
	db := world(t, statements(t), "UPDATE core.dim_supplier SET name = '"+strings.ReplaceAll(evil, "'", "''")+"' WHERE supplier_key = 1",
		"UPDATE core.dim_customer SET customer_type = 'individual', name = 'Secret Name' WHERE customer_key BETWEEN 1 AND 3", "UPDATE core.dim_ticket_kind SET type = 'a <b> type', root_cause = '{cause}'")
	c := pagetest.Context(t, db, "en")
	pages := map[string]view.Page{}
	for _, p := range append(append(Pages(), Board()...), Channel()...) {
		v, err := p.Build(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		pages[p.Slug] = v
		if strings.Contains(pagetest.Outline(v), "Secret Name") {
			t.Errorf("%s names a reader", p.Slug)
		}
	}
	if !strings.Contains(pagetest.Outline(pages["suppliers"]), evil) {
		t.Error("the supplier's name is not as it is in the data")
	}
}

// Where the cost of nothing that was sold is known, nothing is said of what partners
// or others leave; what they cost stands.
func TestPartnersWithoutCosts(t *testing.T) {
	db := world(t, statements(t), "UPDATE core.fact_customer_month SET margin = NULL, margin_landed = NULL, contribution = CASE WHEN lines > 0 THEN NULL ELSE -cost_to_serve END")
	p, err := partners(t.Context(), pagetest.Context(t, db, "en"))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"not known for want of costs"}, []string{"is left as contribution"})
	seen, _ := tables(p)
	at := map[string]int{"ways": 10, "sources": 6}
	for name, t2 := range seen {
		for suffix, column := range at {
			if !strings.HasSuffix(name, suffix) {
				continue
			}
			delete(at, suffix)
			for _, row := range t2.Rows {
				if row.Cells[column].Has() {
					t.Errorf("%s tells a contribution of %s: %v", name, row.Cells[0].Text, row.Cells[column].Float)
				}
			}
		}
	}
	if len(at) > 0 {
		t.Errorf("tables not found: %v in %d", at, len(seen))
	}
}
