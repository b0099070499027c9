package olap_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// Differences that random questions have found between the engine and the
// oracle, each as its smallest case.

// A member without the key that it would be shown with is (none), and is not
// found by what else it has.
func TestMemberWithoutItsShownKey(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	classes := data.Table("core.dim_clc")
	name := ""
	for _, row := range classes.Rows[1:] {
		if row[classes.Column("l1_code")] == "F" {
			row[classes.Column("l1_code")] = nil
			name = row[classes.Column("l1_name_en")].(string)
		}
	}
	o := open(t, olaptest.Open(t, data))
	for _, f := range []cube.Filter{{Op: "=", Values: []string{name}}, {Op: "contains", Values: []string{name[1:]}}} {
		f.Field = "class.l1"
		if n := askCount(t, o, f); n != 0 {
			t.Errorf("%s %s keeps %d", f.Op, f.Values, n)
		}
	}
}

// A level whose members are shown with their code is compared by it.
func TestLevelsAreComparedByTheirCode(t *testing.T) {
	o := open(t, olaptest.Star(t))
	for _, c := range []struct{ op, values, want string }{{"<", "G", "B F"}, {">=", "R", "R T Z"}, {"between", "F I", "F I"}} {
		f := cube.Filter{Field: "class.tree_1", Op: c.op, Values: strings.Fields(c.values)}
		var codes []string
		for _, r := range ask(t, o, cube.Query{Rows: []string{"class.tree_1"}, Where: []cube.Filter{f}}).Rows {
			codes = append(codes, engine.Text(r.Cells[0])[:1])
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s %s keeps %s, want %s", c.op, c.values, got, c.want)
		}
	}
}

// Amounts keep their decimals where cubes are combined beside a hierarchy of
// parents, whose statement is recursive.
func TestCombinedAmountsBesideHierarchies(t *testing.T) {
	o := open(t, olaptest.Star(t))
	net := func(rows []string, where ...cube.Filter) string {
		table := ask(t, o, cube.Query{Cube: "trade", Rows: rows, Measures: []string{"return_copies", "margin"}, Where: where, Totals: cube.Totals{Grand: true}})
		return engine.Text(table.Rows[len(table.Rows)-1].Cells[len(table.Columns)-1])
	}
	want := net(nil)
	all := cube.Filter{Field: "class.tree", Op: "not_under", Values: []string{"no such class"}}
	for _, got := range []string{net([]string{"class.tree"}), net(nil, all), net([]string{"class.l1"}, all)} {
		if got != want || strings.HasSuffix(got, ".0000") || !strings.Contains(got, ".") {
			t.Errorf("margin is %s, beside a hierarchy %s", want, got)
		}
	}
}

// A range that starts after the as-of date has no length to go back by.
func TestPreviousOfAFutureRange(t *testing.T) {
	o := open(t, olaptest.Star(t))
	_, err := o.Ask(context.Background(), cube.Query{Cube: "sales", Measures: []string{"net@pp"}, Time: &cube.Time{From: "2026-01-01"}})
	if err == nil || !strings.Contains(err.Error(), "after the as-of date 2025-06-30") {
		t.Error(err)
	}
}

// A subtotal whose window has no facts stands above its rows all the same.
func TestSubtotalsStandAboveTheirRows(t *testing.T) {
	table := ask(t, open(t, olaptest.Star(t)), cube.Query{Rows: []string{"customer.name", "date.day"}, Measures: []string{"net@roll1d"},
		Time: &cube.Time{From: "2025-06-01", To: "2025-06-05"}, Totals: cube.Totals{Rows: true}})
	above := map[string]bool{}
	for _, r := range table.Rows {
		if r.Level == 1 {
			above[r.Keys[0]] = true
		}
	}
	for _, r := range table.Rows {
		if !above[r.Keys[0]] || len(table.Rows) < 4 {
			t.Errorf("%q has no subtotal", r.Keys)
		}
	}
}

// The ends of quantiles are values, also where groups have none.
func TestQuantilesAtTheEnds(t *testing.T) {
	own := `cubes:
  - name: sales
    extends: true
    measures:
      - {name: least, kind: quantile, column: qty, q: 0, type: integer, format: ratio, label: {en: A}, description: {en: A.}}
      - {name: most, kind: quantile, column: net, q: 1, format: ratio, label: {en: A}, description: {en: A.}}
      - {name: low, kind: min, column: qty, type: integer, format: ratio, label: {en: A}, description: {en: A.}}
      - {name: high, kind: max, column: net, format: ratio, label: {en: A}, description: {en: A.}}
      - {name: lines_or_one, kind: formula, formula: "if(lines = 0, 1, lines)", format: ratio, label: {en: A}, description: {en: A.}}
`
	o := openOwn(t, untidy(4), own)
	table := ask(t, o, cube.Query{Rows: []string{"customer.type"}, Measures: []string{"least", "low", "most", "high"}})
	for _, r := range table.Rows {
		for i := 1; i < 5; i += 2 {
			x, _ := engine.Float(r.Cells[i])
			y, _ := engine.Float(r.Cells[i+1])
			if x != y {
				t.Errorf("%v", r.Cells)
			}
		}
	}
	// Where nothing is, a value that is there has not changed.
	table = ask(t, o, cube.Query{Measures: []string{"lines_or_one@py:pct"}, Time: &cube.Time{From: "1999-01-01", To: "1999-01-02"}})
	if len(table.Rows) != 1 || table.Rows[0].Cells[0] != 0.0 {
		t.Errorf("%v", table.Rows)
	}
}

// Windows over all rows have an order: without one the database fails now and
// then, and answers nothing more after that.
func TestWindowsOverAllRows(t *testing.T) {
	own := `cubes:
  - name: sales
    extends: true
    measures:
      - {name: daily, kind: sum, column: net, over_time: average, format: money, label: {en: A}, description: {en: A.}}
`
	o := openOwn(t, untidy(4), own)
	window := regexp.MustCompile(`OVER \(\s*\)`)
	for _, q := range []cube.Query{
		{Cube: "sales", Rows: []string{"class.l1"}, Measures: []string{"net"}},
		{Cube: "sales", Measures: []string{"net", "net@py:lfl"}, Time: &cube.Time{From: "2025-01-01"}},
		{Cube: "sales", Rows: []string{"class.l1"}, Measures: []string{"daily"}},
		{Cube: "sales", Rows: []string{"class.l1"}, Measures: []string{"net"}, Top: &cube.Top{N: 50, Percent: true, By: "net", Others: true}},
	} {
		e, err := o.Explain(q)
		if err != nil {
			t.Fatal(err)
		}
		if window.MatchString(e.SQL) {
			t.Errorf("%v: %s", q, e.SQL)
		}
	}
}

// A formula of numbers alone says nothing about facts.
func TestFormulasNameAMeasure(t *testing.T) {
	for formula, fine := range map[string]bool{"abs(-(0))": false, "1 + 2": false, "lines * 0": true, "if(1 > 0, 2, lines)": true} {
		own := `cubes:
  - name: sales
    extends: true
    measures:
      - {name: own, kind: formula, formula: "` + formula + `", format: ratio, label: {en: A}, description: {en: A.}}
`
		dir := filepath.Join(t.TempDir(), "own.yaml")
		if err := os.WriteFile(dir, []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := catalog.Load(filepath.Dir(dir))
		if fine != (err == nil) || !fine && !strings.Contains(err.Error(), "names no measure") {
			t.Errorf("%s: %v", formula, err)
		}
	}
}

// A fact on a day that the calendar does not have is of no time range.
func TestDaysThatTheCalendarDoesNotHave(t *testing.T) {
	data := untidy(4)
	facts := data.Table("core.fact_order_line")
	for _, row := range facts.Rows {
		row[facts.Column("date_key")] = int64(20240310)
	}
	for i, key := range []int64{19000101, 20240230, 29990101, -1} {
		facts.Rows[i][facts.Column("date_key")] = key
	}
	o := openOwn(t, data, `cubes:
  - name: sales
    extends: true
    measures:
      - {name: facts, kind: count, format: integer, label: {en: A}, description: {en: A.}}
`)
	all := len(facts.Rows)
	for _, c := range []struct {
		time *cube.Time
		want int
	}{{nil, all}, {&cube.Time{From: "1800-01-01"}, all - 4}, {&cube.Time{To: "3000-01-01"}, all - 4}, {&cube.Time{From: "2024-02-01", To: "2024-12-31"}, all - 4}} {
		for _, rows := range [][]string{nil, {"date.year"}} {
			table := ask(t, o, cube.Query{Cube: "sales", Rows: rows, Measures: []string{"facts"}, Time: c.time, Totals: cube.Totals{Grand: true}})
			last := table.Rows[len(table.Rows)-1].Cells
			if got := engine.Text(last[len(last)-1]); got != strconv.Itoa(c.want) {
				t.Errorf("%v by %v: %s facts, want %d", c.time, rows, got, c.want)
			}
		}
	}
}

// What a ranking keeps does not depend on what is shown beside it.
func TestRankedByAScopeThatIsNotShown(t *testing.T) {
	o := open(t, olaptest.Star(t))
	keys := func(measures ...string) (list []string) {
		q := cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: measures, Time: &cube.Time{From: "2025-06-01", To: "2025-06-05"}, Top: &cube.Top{N: 8, By: "net@py"}}
		for _, r := range ask(t, o, q).Rows {
			list = append(list, r.Keys[0])
		}
		return list
	}
	with, without := keys("net", "net@py"), keys("net")
	if len(with) < 3 || !slices.Equal(with, without) {
		t.Errorf("%q, without what ranks %q", with, without)
	}
}
