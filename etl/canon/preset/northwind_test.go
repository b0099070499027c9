package preset

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

var northwindStatement = regexp.MustCompile(`(?ms)^(CREATE TABLE|INSERT INTO) .*?;$`)

// TestNorthwindAnswers runs the SELECTs of the preset over the sample, whose
// script DuckDB takes too, and compares with the published counts: 91 customers,
// 830 orders, 2,155 lines, 51,317 units, gross 1,354,458.59, net 1,265,793.0395.
func TestNorthwindAnswers(t *testing.T) {
	script, err := os.ReadFile(dataFile(t, "northwind/northwind.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	statements := northwindStatement.FindAllString(strings.ReplaceAll(string(script), `'\x'`, "NULL"), -1)
	if _, err := db.Exec(t.Context(), engine.SQL("BEGIN;"+strings.Join(statements, "\n")+"COMMIT")); err != nil {
		t.Fatal(err)
	}
	text, _, err := Render("northwind", Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	for table, maps := range load(t, text).Tables {
		if _, err := db.Exec(t.Context(), engine.SQL("CREATE TABLE out_"+table+" AS "+maps[0].Select)); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	for _, tt := range [][2]string{
		{`SELECT count(*), count(DISTINCT customer_id) FROM out_customer`, "91|91"},
		{`SELECT count(*), count(DISTINCT order_id) FROM out_order_header`, "830|830"},
		{`SELECT count(*), count(DISTINCT line_id), sum(qty_ordered) FROM out_order_line`, "2155|2155|51317"},
		{`SELECT sum(qty_ordered * unit_price) FROM out_order_line`, "1354458.5900"},
		{`SELECT sum(CAST(round(qty_ordered * unit_price * (1 - discount_pct / 100), 4) AS DECIMAL(18,4))) FROM out_order_line`, "1265793.0395"},
		{`SELECT count(*) FROM out_order_header WHERE status = 'open'`, "21"},
		{`SELECT count(*) FROM out_order_line_stage_event`, "2082"},
		{`SELECT count(*) FROM out_title`, "77"},
		{`SELECT count(*) FROM out_supplier`, "29"},
		{`SELECT count(*), count(DISTINCT region_code) FROM out_geo`, "40|40"},
		{`SELECT count(*) FROM out_customer WHERE region_code NOT IN (SELECT region_code FROM out_geo)`, "0"},
		{`SELECT count(*) FROM out_order_header WHERE ship_to_region NOT IN (SELECT region_code FROM out_geo)`, "0"},
	} {
		if got := rows(t, db, tt[0]); len(got) != 1 || strings.TrimRight(strings.TrimRight(got[0], "0"), ".") != strings.TrimRight(strings.TrimRight(tt[1], "0"), ".") {
			t.Errorf("%s\n got %v, want %s", tt[0], got, tt[1])
		}
	}
}
