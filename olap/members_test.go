package olap_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// facts are the order lines of a warehouse as plain Go values, and what the
// tests need of their dimensions, found by walking the rows.
type facts struct {
	data  *olaptest.Data
	lines *olaptest.Table
}

func linesOf(d *olaptest.Data) facts { return facts{d, d.Table("core.fact_order_line")} }

func (f facts) key(row []any, column string) int64 { return row[f.lines.Column(column)].(int64) }

// of is a column of the member a line points to, nil for none.
func (f facts) of(row []any, key, table, column string) any {
	return f.member(f.key(row, key), table, column)
}

func (f facts) member(key int64, table, column string) any {
	t := f.data.Table(table)
	for _, r := range t.Rows {
		if r[0].(int64) == key {
			return r[t.Column(column)]
		}
	}
	return nil
}

// path is the keys from the root down to a member.
func (f facts) path(key int64, table, parent string) []int64 {
	if key == -1 {
		return nil
	}
	up, _ := f.member(key, table, parent).(int64)
	return append(f.path(up, table, parent), key)
}

// lines counts the lines for which keep holds.
func (f facts) count(keep func(row []any) bool) (n int64) {
	for _, row := range f.lines.Rows {
		if keep(row) {
			n++
		}
	}
	return n
}

func ask(t *testing.T, o *olap.Olap, q cube.Query) *olap.Table {
	t.Helper()
	if q.Cube == "" {
		q.Cube = "sales"
	}
	if q.Measures == nil {
		q.Measures = []string{"lines"}
	}
	table, err := o.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func askCount(t *testing.T, o *olap.Olap, where ...cube.Filter) int64 {
	t.Helper()
	n, _ := engine.Int(ask(t, o, cube.Query{Where: where}).Rows[0].Cells[0])
	return n
}

// Positive and negative operators part the facts in two, whatever the data
// lacks; the positive ones keep what walking the rows keeps.
func TestFiltersAndTheirComplements(t *testing.T) {
	d := untidy(4) // missing values, unknown members, members that are not there
	d2 := olaptest.Build(olaptest.Default())
	for _, data := range []*olaptest.Data{d, d2} {
		o, f := open(t, olaptest.Open(t, data)), linesOf(data)
		all := int64(len(f.lines.Rows))
		name := func(row []any) string {
			s, _ := f.of(row, "customer_key", "core.dim_customer", "name").(string)
			if f.key(row, "customer_key") == -1 {
				return ""
			}
			return s
		}
		l1 := func(row []any) string {
			s, _ := f.of(row, "clc_key", "core.dim_clc", "l1_code").(string)
			return s
		}
		for _, c := range []struct {
			field, op, not string
			values         []string
			keep           func(row []any) bool
		}{
			{"customer.name", "contains", "not_contains", []string{"CUSTOMER 00"}, func(r []any) bool { return strings.Contains(name(r), "Customer 00") }},
			{"customer.name", "key_in", "not_key_in", []string{"3", "5", "(unknown)"}, func(r []any) bool {
				k := f.key(r, "customer_key")
				return k == 3 || k == 5 || f.of(r, "customer_key", "core.dim_customer", "name") == nil || k == -1
			}},
			{"customer.type", "key_in", "not_key_in", []string{"library", "(none)"}, func(r []any) bool {
				k := f.of(r, "customer_key", "core.dim_customer", "customer_type")
				return f.key(r, "customer_key") != -1 && f.of(r, "customer_key", "core.dim_customer", "name") != nil && (k == nil || k == "library")
			}},
			{"class.l1", "key_in", "not_key_in", []string{"stem"}, func(r []any) bool { return l1(r) != "" && strings.Contains("ORT", l1(r)) }},
			{"salesperson.teams_2", "key_in", "not_key_in", []string{"3", "-1"}, func(r []any) bool {
				k := f.key(r, "employee_key")
				if k == -1 || f.member(k, "core.dim_employee", "name") == nil {
					return false
				}
				path := f.path(k, "core.dim_employee", "manager_key")
				return len(path) == 1 || path[1] == 3
			}},
			{"class.l1", "key_in", "not_key_in", []string{"T"}, func(r []any) bool { return l1(r) == "T" }},
			{"class.l1", "in", "not_in", []string{"T", "(unknown)"}, func(r []any) bool { return l1(r) == "T" || l1(r) == "" }},
			{"class.tree", "under", "not_under", []string{"TP"}, func(r []any) bool {
				code, _ := f.of(r, "clc_key", "core.dim_clc", "code").(string)
				return strings.HasPrefix(code, "TP")
			}},
			{"class.tree", "under", "not_under", []string{"Mathematics", "(unknown)"}, func(r []any) bool {
				code, _ := f.of(r, "clc_key", "core.dim_clc", "code").(string)
				return code == "O1" || code == "O2" || l1(r) == ""
			}},
		} {
			want := f.count(c.keep)
			got := askCount(t, o, cube.Filter{Field: c.field, Op: c.op, Values: c.values})
			rest := askCount(t, o, cube.Filter{Field: c.field, Op: c.not, Values: c.values})
			if got != want || got+rest != all {
				t.Errorf("%s %s %v keeps %d, its complement %d; want %d of %d", c.field, c.op, c.values, got, rest, want, all)
			}
		}
		ends := askCount(t, o, cube.Filter{Field: "customer.name", Op: "ends", Values: []string{"MER 007"}})
		if want := f.count(func(r []any) bool { return strings.HasSuffix(name(r), "mer 007") }); ends != want {
			t.Errorf("ends keeps %d, want %d", ends, want)
		}
	}
}

// Groups hold across dimensions, in each other, with facts whose members are
// unknown or not there.
func TestGroupsOfFilters(t *testing.T) {
	data := untidy(6)
	o, f := open(t, olaptest.Open(t, data)), linesOf(data)
	kind := func(r []any) any { return f.of(r, "customer_key", "core.dim_customer", "customer_type") }
	dept := func(r []any) any { return f.of(r, "employee_key", "core.dim_employee", "dept") }
	area := func(r []any) any { return f.of(r, "geo_key", "core.dim_geo", "area") }
	got := askCount(t, o, cube.Filter{Any: []cube.Filter{
		{Field: "customer.type", Op: "=", Values: []string{"library"}},
		{All: []cube.Filter{
			{Field: "region.area", Op: "!=", Values: []string{"East"}},
			{Any: []cube.Filter{{Field: "salesperson.dept", Op: "is_null"}, {Field: "salesperson.dept", Op: "not_in", Values: []string{"Web", "Libraries"}}}},
		}},
	}}, cube.Filter{Field: "date.year", Op: ">=", Values: []string{"2024"}})
	want := f.count(func(r []any) bool {
		return kind(r) == "library" || area(r) != "East" && (dept(r) == nil || dept(r) != "Web" && dept(r) != "Libraries")
	})
	if got != want || want == 0 || want == int64(len(f.lines.Rows)) {
		t.Errorf("%d, want %d", got, want)
	}
}

// A hundred thousand values are one parameter and answer well within seconds;
// one more is refused with the count, a million at once.
func TestManyValues(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	o, f := open(t, olaptest.Open(t, data)), linesOf(data)
	many := make([]string, 100_000)
	for i := range many {
		many[i] = fmt.Sprint(2*i + 1) // odd keys
	}
	start := time.Now()
	got := askCount(t, o, cube.Filter{Field: "customer.name", Op: "key_in", Values: many})
	took := time.Since(start)
	if want := f.count(func(r []any) bool { k := f.key(r, "customer_key"); return k > 0 && k%2 == 1 }); got != want || took > 20*time.Second {
		t.Errorf("%d in %v, want %d", got, took, want)
	}
	for i := range many {
		many[i] = fmt.Sprintf("Customer %03d", 2*i)
	}
	many = append(many[:99_998], "(none)", "(unknown)")
	yes := askCount(t, o, cube.Filter{Field: "customer.name", Op: "in", Values: many})
	no := askCount(t, o, cube.Filter{Field: "customer.name", Op: "not_in", Values: many})
	want := f.count(func(r []any) bool {
		name, _ := f.of(r, "customer_key", "core.dim_customer", "name").(string)
		var n int
		_, err := fmt.Sscanf(name, "Customer %d", &n)
		return f.key(r, "customer_key") == -1 || err == nil && n%2 == 0
	})
	if yes != want || yes+no != int64(len(f.lines.Rows)) {
		t.Errorf("in keeps %d, not in %d; want %d of %d", yes, no, want, len(f.lines.Rows))
	}
	days := make([]string, 60)
	for i := range days {
		days[i] = time.Date(2025, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	got = askCount(t, o, cube.Filter{Field: "date.day", Op: "in", Values: days})
	if want := f.count(func(r []any) bool { k := f.key(r, "date_key"); return k >= 20250101 && k <= 20250301 }); got != want {
		t.Errorf("%d lines in 60 days, want %d", got, want)
	}
	for _, n := range []int{100_001, 1_000_000} {
		start := time.Now()
		_, err := o.Ask(context.Background(), cube.Query{Cube: "sales", Measures: []string{"lines"},
			Where: []cube.Filter{{Field: "customer.name", Op: "in", Values: make([]string, n)}}})
		var refused *compile.QueryError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), fmt.Sprint(n)) || time.Since(start) > time.Second {
			t.Errorf("%d values: %v", n, err)
		}
	}
}

// Every level of a hierarchy of parents holds what walking up from each fact
// gives, the own facts of inner members under (none).
func TestHierarchyOfParents(t *testing.T) {
	for _, data := range []*olaptest.Data{olaptest.Build(olaptest.Default()), untidy(4)} {
		o, f := open(t, olaptest.Open(t, data)), linesOf(data)
		for _, h := range []struct {
			name, key, table, parent, shown string
			levels                          int
		}{
			{"salesperson.teams", "employee_key", "core.dim_employee", "manager_key", "name", 3},
			{"class.tree", "clc_key", "core.dim_clc", "parent_key", "code", 3},
			{"channel.partners", "channel_key", "core.dim_channel", "parent_key", "name", 2},
		} {
			want := map[string]int64{}
			for _, row := range f.lines.Rows {
				key := f.key(row, h.key)
				cells := slices.Repeat([]string{"(unknown)"}, h.levels)
				if f.member(key, h.table, h.shown) != nil && key != -1 {
					path := f.path(key, h.table, h.parent)
					for i := range cells {
						cells[i] = "(none)"
						if i < len(path) {
							cells[i] = f.member(path[i], h.table, h.shown).(string)
						}
					}
				}
				for level := range h.levels + 1 {
					want[strings.Join(cells[:level], "/")]++
				}
			}
			got := map[string]int64{}
			table := ask(t, o, cube.Query{Rows: []string{h.name}, Totals: cube.Totals{Rows: true, Grand: true}})
			if len(table.Columns) != h.levels+1 || len(table.Query.Rows) != h.levels {
				t.Errorf("%s has %d columns, want %d levels", h.name, len(table.Columns), h.levels)
			}
			for _, r := range table.Rows {
				var cells []string
				for i := range r.Level {
					cell := engine.Text(r.Cells[i])
					if h.shown == "code" {
						cell, _, _ = strings.Cut(cell, " ")
					}
					cells = append(cells, cell)
				}
				got[strings.Join(cells, "/")], _ = engine.Int(r.Cells[h.levels])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-walked +cube):\n%s", h.name, diff)
			}
		}
	}
}

// A team is the sum of its parts and of its head's own facts; several
// hierarchies, levels alone, on columns and beside distinct counts.
func TestHierarchiesTogether(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	o, f := open(t, olaptest.Open(t, data)), linesOf(data)
	q := cube.Query{Rows: []string{"customer.groups_1", "salesperson.teams_2"}, Columns: []string{"class.tree_1"}, Measures: []string{"orders", "lines"},
		Totals: cube.Totals{Grand: true, Cols: true, Rows: true}, Where: []cube.Filter{{Field: "salesperson.teams_1", Op: "=", Values: []string{"Zhao Min"}}}}
	table := ask(t, o, q)
	orders := map[int64]bool{}
	lines := f.count(func(r []any) bool {
		path := f.path(f.key(r, "employee_key"), "core.dim_employee", "manager_key")
		if len(path) == 0 || path[0] != 1 {
			return false
		}
		orders[f.key(r, "order_key")] = true
		return true
	})
	grand := table.Grand()
	if n := len(grand.Cells); grand.Cells[n-2] != int64(len(orders)) || grand.Cells[n-1] != lines {
		t.Errorf("total %v, want %d orders, %d lines", grand.Cells[n-2:], len(orders), lines)
	}
	sum := int64(0)
	for _, r := range table.Rows {
		if r.Level == 2 {
			n, _ := engine.Int(r.Cells[len(r.Cells)-1])
			sum += n
		}
	}
	if sum != lines {
		t.Errorf("the parts have %d lines, the whole %d", sum, lines)
	}
}

// What is no hierarchy is refused, with the members; other questions go on.
func TestUnsoundHierarchiesAreRefused(t *testing.T) {
	set := func(d *olaptest.Data, key, manager int64) {
		t := d.Table("core.dim_employee")
		t.Rows[key][t.Column("manager_key")] = manager
	}
	for _, c := range []struct {
		name   string
		change func(*olaptest.Data)
		want   string
	}{
		{"cycle", func(d *olaptest.Data) { set(d, 1, 4) }, "Zhao Min (employee_key 1) → Li Na (employee_key 4) → Sun Yu (employee_key 3) → Zhao Min (employee_key 1) go round in a circle (4 members"},
		{"self", func(d *olaptest.Data) { set(d, 7, 7) }, "Zheng Hao (employee_key 7) is its own parent"},
		{"dangling", func(d *olaptest.Data) { set(d, 7, 99); set(d, 8, 98) }, "2 members have a parent that the dimension does not have, such as Zheng Hao (employee_key 7), Wang Wei"},
		{"deep", func(d *olaptest.Data) {
			t := d.Table("core.dim_employee")
			for k := 9; k <= 13; k++ {
				row := slices.Clone(t.Rows[8])
				row[0], row[2], row[t.Column("manager_key")] = int64(k), fmt.Sprint("New ", k), int64(k-1)
				t.Rows = append(t.Rows, row)
			}
			set(d, 8, 7)
			set(d, 7, 6)
		}, "salesperson.teams has 9 levels and 1 members below level 8"},
	} {
		data := olaptest.Build(olaptest.Default())
		c.change(data)
		o := open(t, olaptest.Open(t, data))
		for _, q := range []cube.Query{
			{Cube: "sales", Rows: []string{"salesperson.teams"}, Measures: []string{"net"}},
			{Cube: "returns", Measures: []string{"return_lines"}, Where: []cube.Filter{{Field: "salesperson.teams", Op: "under", Values: []string{"3"}}}},
		} {
			_, err := o.Ask(context.Background(), q)
			var wrong *olap.HierarchyError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		ask(t, o, cube.Query{Rows: []string{"salesperson.name", "class.tree"}})
	}
}

// Without parents in the data there is one level.
func TestHierarchyWithoutParentsHasOneLevel(t *testing.T) {
	data := olaptest.Build(olaptest.Default())
	e := data.Table("core.dim_employee")
	for _, row := range e.Rows {
		row[e.Column("manager_key")] = nil
	}
	o := open(t, olaptest.Open(t, data))
	table := ask(t, o, cube.Query{Rows: []string{"salesperson.teams"}})
	if diff := cmp.Diff([]string{"salesperson.teams_1"}, table.Query.Rows); diff != "" || len(table.Rows) < 8 {
		t.Errorf("%v, %d rows", table.Query.Rows, len(table.Rows))
	}
}
