package olap_test

import (
	"strings"
	"testing"

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
