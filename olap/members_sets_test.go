package olap_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func openOwn(t *testing.T, d *olaptest.Data, own string) *olap.Olap {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := olap.Open(context.Background(), olaptest.Open(t, d), olap.Options{Catalog: dir, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// topCustomers ranks the customers of the 12 months to the as-of date by net,
// equal ones by key, and gives the first per cent of them, rounded up.
func topCustomers(f facts, percent int) map[int64]bool {
	net := map[int64]int64{}
	for _, r := range f.lines.Rows {
		if d, k := f.key(r, "date_key"), f.key(r, "customer_key"); d >= 20240701 && d <= 20250630 && k != -1 {
			net[k] += int64(r[f.lines.Column("net")].(engine.Decimal).Num.LowBits())
		}
	}
	var keys []int64
	for k := range net {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if net[keys[i]] != net[keys[j]] {
			return net[keys[i]] > net[keys[j]]
		}
		return keys[i] < keys[j]
	})
	set := map[int64]bool{}
	for _, k := range keys[:(len(keys)*percent+99)/100] {
		set[k] = true
	}
	return set
}

// Ranked sets are of all facts of their time, whatever a question filters, in
// filters, in groups, on axes and in another cube.
func TestRankedSets(t *testing.T) {
	for _, shape := range []olaptest.Shape{olaptest.Default(), {Seed: 3, From: olaptest.Default().From, AsOf: olaptest.Default().AsOf, Customers: 40, Titles: 9, Orders: 300, Ties: true, Unknown: 0.2}} {
		data := olaptest.Build(shape)
		o, f := open(t, olaptest.Open(t, data)), linesOf(data)
		tenth, hundredth := topCustomers(f, 10), topCustomers(f, 1)
		in := func(r []any, set map[int64]bool) bool { return set[f.key(r, "customer_key")] }
		web := func(r []any) bool { return f.of(r, "employee_key", "core.dim_employee", "dept") == "Web" }
		dept := cube.Filter{Field: "salesperson.dept", Op: "=", Values: []string{"Web"}}
		for _, c := range []struct {
			name      string
			got, want int64
		}{
			{"in", askCount(t, o, cube.Filter{Field: "customer", Op: "in_set", Values: []string{"top_decile"}}), f.count(func(r []any) bool { return in(r, tenth) })},
			{"not in", askCount(t, o, cube.Filter{Field: "customer", Op: "not_in_set", Values: []string{"top_decile"}}), f.count(func(r []any) bool { return !in(r, tenth) })},
			{"filtered", askCount(t, o, dept, cube.Filter{Field: "customer", Op: "in_set", Values: []string{"top_decile", "top_1pct"}}), f.count(func(r []any) bool { return web(r) && in(r, tenth) })},
			{"either", askCount(t, o, cube.Filter{Any: []cube.Filter{dept, {Field: "customer.set_top_1pct", Op: "=", Values: []string{"in"}}}}), f.count(func(r []any) bool { return web(r) || in(r, hundredth) })},
		} {
			if c.got != c.want || c.want == 0 {
				t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
			}
		}
		want := map[string]int64{"in": 0, "not in": 0, "(unknown)": 0}
		for _, r := range f.lines.Rows {
			switch {
			case f.key(r, "customer_key") == -1:
				want["(unknown)"]++
			case in(r, tenth):
				want["in"]++
			default:
				want["not in"]++
			}
		}
		got := map[string]int64{}
		for _, r := range ask(t, o, cube.Query{Rows: []string{"customer.set_top_decile"}}).Rows {
			got[engine.Text(r.Cells[0])], _ = engine.Int(r.Cells[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("on an axis (-want +got):\n%s", diff)
		}
		returns := data.Table("core.fact_return")
		back := int64(0)
		for _, r := range returns.Rows {
			if tenth[r[returns.Column("customer_key")].(int64)] {
				back++
			}
		}
		table := ask(t, o, cube.Query{Cube: "returns", Measures: []string{"return_lines"}, Where: []cube.Filter{{Field: "customer", Op: "in_set", Values: []string{"top_decile"}}}})
		if n, _ := engine.Int(table.Rows[0].Cells[0]); n != back {
			t.Errorf("returns of the top tenth: %d, want %d", n, back)
		}
	}
}

func TestSetsByFilters(t *testing.T) {
	for _, data := range []*olaptest.Data{olaptest.Build(olaptest.Default()), untidy(4)} {
		o, f := open(t, olaptest.Open(t, data)), linesOf(data)
		science := func(r []any) bool {
			code, _ := f.of(r, "clc_key", "core.dim_clc", "l1_code").(string)
			return code != "" && strings.Contains("NOPQRSTUVX", code)
		}
		got := askCount(t, o, cube.Filter{Field: "class", Op: "in_set", Values: []string{"natural_sciences"}})
		not := askCount(t, o, cube.Filter{Field: "class", Op: "not_in_set", Values: []string{"natural_sciences"}})
		if want := f.count(science); got != want || got+not != int64(len(f.lines.Rows)) {
			t.Errorf("%d natural sciences, %d not; want %d of %d", got, not, want, len(f.lines.Rows))
		}
		got = askCount(t, o, cube.Filter{Field: "title", Op: "in_set", Values: []string{"textbooks"}})
		if want := f.count(func(r []any) bool { return f.of(r, "title_key", "core.dim_title", "is_textbook") == true }); got != want {
			t.Errorf("%d lines of textbooks, want %d", got, want)
		}
	}
}

// A calculated member's values are those of its facts: distinct counts and
// ratios are not added up; totals, real members and their order stay.
func TestCalculatedMembers(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	o, f := open(t, olaptest.Open(t, data)), linesOf(data)
	stem := cube.Filter{Field: "class.l1", Op: "=", Values: []string{"Science and technology"}}
	for _, measures := range [][]string{{"orders", "aov", "lines"}, {"lines", "net"}} { // not all add up; all do
		for _, q := range []cube.Query{
			{Rows: []string{"class.l1"}, Totals: cube.Totals{Grand: true}},
			{Rows: []string{"class.l1", "date.year"}, Totals: cube.Totals{Grand: true, Rows: true}, Sort: []cube.Sort{{By: measures[0]}}},
			{Rows: []string{"date.year", "class.l1"}, Totals: cube.Totals{Grand: true, Rows: true}},
			{Rows: []string{"date.year"}, Columns: []string{"class.l1"}, Totals: cube.Totals{Cols: true}},
			{Rows: []string{"date.year", "class.l1"}, Sort: []cube.Sort{{By: measures[0], Desc: true}}},
		} {
			q.Measures = measures
			plain := ask(t, o, q)
			also := q
			also.Rows, also.Columns = slices.Clone(q.Rows), slices.Clone(q.Columns)
			for _, axis := range [][]string{also.Rows, also.Columns} {
				if i := slices.Index(axis, "class.l1"); i >= 0 {
					axis[i] = "class.l1+"
				}
			}
			with := ask(t, o, also)
			filtered := q
			filtered.Where, filtered.Totals = []cube.Filter{stem}, cube.Totals{}
			checkCalculated(t, plain, with)
			for _, row := range with.Rows {
				if !row.Calculated || row.Level < len(q.Rows) {
					continue
				}
				one := q
				one.Rows, one.Totals, one.Sort = nil, cube.Totals{}, nil
				one.Where = []cube.Filter{stem}
				if i := slices.Index(q.Rows, "date.year"); i >= 0 {
					one.Where = append(one.Where, cube.Filter{Field: "date.year", Op: "=", Values: []string{engine.Text(row.Cells[i])}})
				}
				want := ask(t, o, one)
				if diff := cmp.Diff(cells(want.Rows[0].Cells), cells(row.Cells[len(q.Rows):])); diff != "" {
					t.Errorf("%v %v (-filtered +calculated):\n%s", also.Rows, row.Cells, diff)
				}
			}
		}
	}
	want := f.count(func(r []any) bool {
		code, _ := f.of(r, "clc_key", "core.dim_clc", "l1_code").(string)
		return code == "O" || code == "R" || code == "T"
	})
	table := ask(t, o, cube.Query{Rows: []string{"class.l1+"}})
	last := table.Rows[len(table.Rows)-1]
	if !last.Calculated || last.Cells[0] != "Science and technology" || last.Cells[1] != want || askCount(t, o, stem) != want {
		t.Errorf("%v, want %d", last.Cells, want)
	}
	if notes := strings.Join(table.Notes, "\n"); !strings.Contains(notes, "in no total") || !strings.Contains(notes, "does not occur: N, P, Q, S, U, V, X") {
		t.Errorf("notes: %s", notes)
	}
	if n := askCount(t, o, cube.Filter{Field: "class.l1", Op: "not_in", Values: []string{"stem"}}); n != int64(len(f.lines.Rows))-want {
		t.Errorf("not in: %d", n)
	}
}

func cells(list []any) (texts []string) {
	for _, c := range list {
		texts = append(texts, engine.Text(c))
	}
	return texts
}

// checkCalculated: without what is calculated, the answer is the plain one.
func checkCalculated(t *testing.T, plain, with *olap.Table) {
	t.Helper()
	var columns []int
	for i, c := range with.Columns {
		if !c.Calculated {
			columns = append(columns, i)
		} else if c.Members[0] != "Science and technology" {
			t.Errorf("%v is marked calculated", c.Members)
		}
	}
	var got, want [][]string
	for _, r := range plain.Rows {
		want = append(want, cells(r.Cells))
	}
	calculated := 0
	for _, r := range with.Rows {
		if r.Calculated {
			calculated++
			continue
		}
		var row []string
		for _, i := range columns {
			row = append(row, engine.Text(r.Cells[i]))
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-plain +with):\n%s", with.Query.Rows, diff)
	}
	if calculated == 0 && len(columns) == len(with.Columns) {
		t.Errorf("%v %v: nothing is calculated", with.Query.Rows, with.Query.Columns)
	}
}

const ownMembers = `
dimensions:
  - name: buyer
    label: {en: Buyer}
    description: {en: Who bought.}
    table: core.dim_customer
    key: customer_key
    default: {status: [active]}
    attributes:
      - {name: type, column: customer_type, hide: [reader, institute], label: {en: Type}, description: {en: Kind.}}
      - {name: status, column: status, label: {en: Status}, description: {en: Status.}}
cubes:
  - name: own
    label: {en: Own}
    description: {en: Own.}
    table: core.fact_order_line
    dimensions:
      - {name: buyer, key: customer_key}
      - {name: customer, key: customer_key}
      - {name: date, key: date_key}
    measures:
      - {name: lines, kind: count, format: integer, label: {en: Lines}, description: {en: Lines.}}
      - {name: orders, kind: distinct, column: order_key, format: integer, label: {en: Orders}, description: {en: Orders.}}
`

// Hidden members are in totals only, on any axis and behind a ranking.
func TestHiddenMembers(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	o := openOwn(t, data, ownMembers)
	for _, measures := range [][]string{{"lines"}, {"orders", "lines"}} {
		shown := func(q cube.Query) (rows []string, table *olap.Table) {
			q.Cube, q.Measures, q.Where = "own", measures, []cube.Filter{{Field: "buyer", Op: "all"}}
			table = ask(t, o, q)
			for _, r := range table.Rows {
				rows = append(rows, strings.Join(cells(r.Cells), " "))
			}
			return rows, table
		}
		all, _ := shown(cube.Query{Rows: []string{"customer.type"}, Totals: cube.Totals{Grand: true}})
		var want []string
		for _, r := range all {
			if !strings.HasPrefix(r, "reader") && !strings.HasPrefix(r, "institute") {
				want = append(want, r)
			}
		}
		got, table := shown(cube.Query{Rows: []string{"buyer.type"}, Totals: cube.Totals{Grand: true}})
		if diff := cmp.Diff(want, got); diff != "" || !slices.Contains(table.Notes, "2 hidden of Type left out; totals cover them.") {
			t.Errorf("(-want +got):\n%s%v", diff, table.Notes)
		}
		pivot, _ := shown(cube.Query{Rows: []string{"date.year"}, Columns: []string{"buyer.type"}, Totals: cube.Totals{Cols: true}})
		full, whole := shown(cube.Query{Rows: []string{"date.year"}, Columns: []string{"customer.type"}, Totals: cube.Totals{Cols: true}})
		if len(pivot) != len(full) || len(whole.Columns)-2*len(measures) != len(ask(t, o, cube.Query{Cube: "own", Measures: measures, Rows: []string{"date.year"}, Columns: []string{"buyer.type"}, Totals: cube.Totals{Cols: true}}).Columns) {
			t.Errorf("columns: %v, %v", pivot, full)
		}
		for i := range pivot {
			p, f := strings.Fields(pivot[i]), strings.Fields(full[i])
			if p[len(p)-1] != f[len(f)-1] {
				t.Errorf("the total over the columns is %s, not %s", p[len(p)-1], f[len(f)-1])
			}
		}
		top, _ := shown(cube.Query{Rows: []string{"buyer.type"}, Totals: cube.Totals{Grand: true}, Top: &cube.Top{N: 2, By: "lines", Others: true}})
		if len(top) != 4 || strings.Contains(strings.Join(top, "\n"), "reader") || top[3] != all[len(all)-1] {
			t.Errorf("ranked: %v", top)
		}
	}
}

// A default holds where the dimension is neither shown nor filtered, and is
// said; all switches it off.
func TestDefaultMembers(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	o, f := openOwn(t, data, ownMembers), linesOf(data)
	active := f.count(func(r []any) bool { return f.of(r, "customer_key", "core.dim_customer", "status") == "active" })
	all := int64(len(f.lines.Rows))
	for _, c := range []struct {
		q     cube.Query
		want  int64
		noted bool
	}{
		{cube.Query{}, active, true},
		{cube.Query{Rows: []string{"customer.type"}}, active, true},
		{cube.Query{Rows: []string{"buyer.status"}}, all, false},
		{cube.Query{Where: []cube.Filter{{Field: "buyer", Op: "all"}}}, all, false},
		{cube.Query{Where: []cube.Filter{{Any: []cube.Filter{{Field: "buyer.type", Op: "not_null"}, {Field: "buyer.type", Op: "is_null"}}}}}, all, false},
	} {
		c.q.Cube = "own"
		c.q.Totals.Grand = true
		table := ask(t, o, c.q)
		last := table.Rows[len(table.Rows)-1]
		n, _ := engine.Int(last.Cells[len(last.Cells)-1])
		noted := strings.Contains(fmt.Sprint(table.Notes), "By default only Status active; the filter buyer all includes everything.")
		if n != c.want || noted != c.noted {
			t.Errorf("%+v: %d lines, want %d; notes %v", c.q, n, c.want, table.Notes)
		}
	}
}
