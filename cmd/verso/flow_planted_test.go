package main

import (
	"fmt"
	"testing"

	"verso/olap/engine"
)

// TestFlowShowsWhatWasPlanted looks for the planted truths of suppliers, stages
// and textbooks in the facts of a generated company.
func TestFlowShowsWhatWasPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a company")
	}
	needsAssets(t)
	dir := t.TempDir()
	verso(t, exitDone, "demo", "--dir", dir, "--scale", "0.3")
	db := generation(t, dir)
	value := func(sql string) float64 {
		t.Helper()
		row, err := engine.One(t.Context(), db, engine.SQL(sql))
		if err != nil {
			t.Fatal(err)
		}
		x, ok := engine.Float(row[0])
		if !ok {
			t.Fatalf("%v of %s", row[0], sql)
		}
		return x
	}
	between := func(what string, got, low, high float64) {
		t.Helper()
		if !(got >= low && got <= high) {
			t.Errorf("%s: %.3f, want %v to %v", what, got, low, high)
		}
		t.Logf("%s: %.3f", what, got)
	}
	bought := func(what, supplier, where string) float64 {
		t.Helper()
		return value(fmt.Sprintf(`SELECT CAST(%s AS DOUBLE) FROM core.fact_purchase_line p
JOIN core.dim_supplier s ON s.supplier_key = p.supplier_key
JOIN core.dim_order_flags g ON g.order_flag_key = p.order_flag_key
WHERE (%s) AND %s`, what, supplier, where))
	}
	const lead = "quantile_cont(p.lead_days, 0.5)"
	const others = "s.supplier_id NOT IN ('4', '6', '8', '10')"
	before := bought(lead, "s.supplier_id = '4'", "p.po_date BETWEEN DATE '2025-07-01' AND DATE '2026-01-31' AND NOT g.is_forthcoming")
	after := bought(lead, "s.supplier_id = '4'", "p.po_date BETWEEN DATE '2026-02-01' AND DATE '2026-04-15' AND NOT g.is_forthcoming")
	between("days S1 became slower", after-before, 11, 25)
	const since = "p.po_date BETWEEN DATE '2025-07-01' AND DATE '2026-02-28'"
	between("share S2 is short of", bought("sum(qty_short) * 1.0 / sum(qty)", "s.supplier_id = '6'", since), .08, .16)
	between("share others are short of", bought("sum(qty_short) * 1.0 / sum(qty)", others, since), 0, .03)
	between("share of S3 damaged", bought("sum(qty_damaged) * 1.0 / sum(qty_received)", "s.supplier_id = '8'", since), .05, .12)
	const years = "p.po_date < DATE '2025-01-01'"
	between("days S4 seems slower", bought("avg(p.lead_days)", "s.supplier_id = '10'", years)-bought("avg(p.lead_days)", others, years), 10, 400)
	between("days S4 is slower in print", bought(lead, "s.supplier_id = '10'", years+" AND NOT g.is_forthcoming")-bought(lead, others, years+" AND NOT g.is_forthcoming"), -6, 6)
	inspected := func(from, to string) float64 {
		return value(`SELECT avg(days) FROM core.fact_stage_event e JOIN core.dim_stage s ON s.stage_key = e.stage_key
WHERE s.code = 'inspected' AND CAST(event_ts AS DATE) BETWEEN DATE '` + from + `' AND DATE '` + to + `'`)
	}
	between("days inspection became slower", inspected("2026-01-10", "2026-03-31")-inspected("2025-08-01", "2025-12-20"), 3, 5)
	term := func(from, to string) float64 {
		return value(`SELECT sum(CASE WHEN is_term_on_time THEN 1 ELSE 0 END) * 1.0 / count(*) FROM core.fact_order_stage f
JOIN core.dim_date d ON d.date_key = f.date_key
WHERE is_term_due AND EXTRACT(month FROM term_start) IN (8, 9) AND strftime(order_date, '%m%d') BETWEEN '` + from + `' AND '` + to + `'`)
	}
	between("textbooks of May in time", term("0501", "0531"), .93, 1)
	between("textbooks of early June in time", term("0601", "0615"), .90, 1)
	between("textbooks of early July in time", term("0701", "0715"), .3, .93)
	between("textbooks of late July in time", term("0716", "0731"), 0, .7)
}
