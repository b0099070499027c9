package oracle

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
)

// stock is counted on three days; customer 2 is missing on the last, customer 3
// is there only then. The channel serves as a second dimension.
const stock = `
2024-01-31 1 10 1
2024-01-31 2 4 1
2024-02-15 1 7 1
2024-02-15 2 6 2
2024-02-29 1 12 2
2024-02-29 3 1 2
2024-04-02 1 99 1
`

func measure(d Definition) Extra {
	if d.Column == "" {
		d.Column = "n"
	}
	return Extra{Measures: map[string]Definition{"s.m": d}}
}

func TestMeasureKinds(t *testing.T) {
	byMonth := cube.Query{Rows: rows("date.month"), Measures: rows("m"), Totals: cube.Totals{Grand: true}, Time: &cube.Time{To: "2024-03-31"}}
	byCustomer := cube.Query{Rows: rows("customer.name"), Measures: rows("m"), Totals: cube.Totals{Grand: true}, Time: &cube.Time{To: "2024-03-31"}}
	change := byMonth
	change.Measures = rows("m@pp:delta", "m@ytd")
	for _, c := range []struct {
		name  string
		extra Extra
		q     cube.Query
		want  string
	}{
		{"last over time", measure(Definition{Kind: cube.Sum, Type: "integer", OverTime: "last"}), byMonth, "2024-01 14\n2024-02 13\n· 13\n"},
		{"last: a member missing on the last day has none", measure(Definition{Kind: cube.Sum, Type: "integer", OverTime: "last"}), byCustomer, "1 12\n2 ·\n3 1\n· 13\n"},
		{"first over time", measure(Definition{Kind: cube.Sum, Type: "integer", OverTime: "first"}), byCustomer, "1 10\n2 4\n3 ·\n· 14\n"},
		{"average over the days counted", measure(Definition{Kind: cube.Sum, Type: "integer", OverTime: "average"}), byCustomer, "1 9.66667\n2 3.33333\n3 0.333333\n· 13.3333\n"},
		{"last under a comparison and in a window", measure(Definition{Kind: cube.Sum, Type: "integer", OverTime: "last"}), change,
			"2024-01 14 14\n2024-02 -1 13\n2024-03 -13 13\n· ≈0 13\n"},
		{"median", measure(Definition{Kind: Quantile, Quantile: 0.5}), byMonth, "2024-01 ≈7\n2024-02 ≈6.5\n· ≈6.5\n"},
		{"nine tenths", measure(Definition{Kind: Quantile, Quantile: 0.9}), byMonth, "2024-01 ≈9.4\n2024-02 ≈10.5\n· ≈11\n"},
		{"mean", measure(Definition{Kind: Average}), byMonth, "2024-01 7\n2024-02 6.5\n· 6.66667\n"},
		{"mean by weight", measure(Definition{Kind: Weighted, Weight: "channel_key"}), byMonth, "2024-01 7\n2024-02 6.42857\n· 6.55556\n"},
		{"about as many", measure(Definition{Kind: Approx, Column: "customer_key"}), byMonth, "2024-01 ≈2\n2024-02 ≈3\n· ≈3\n"},
		{"formula", measure(Definition{Kind: Formulas, Formula: &Formula{Op: '-', Left: &Formula{Measure: "n"},
			Right: &Formula{Op: '*', Left: &Formula{Number: "0.5"}, Right: &Formula{Measure: "facts"}}}}), byMonth, "2024-01 13.0000\n2024-02 24.0000\n· 37.0000\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "s"
			if c.name == "last under a comparison and in a window" {
				c.q.Totals.Grand, c.want = false, c.want[:len(c.want)-len("· ≈0 13\n")]
			}
			if diff := cmp.Diff(c.want, printed(small(t, "2024-03-31", stock, "", c.extra), c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The classes of the fixture are the tree F > F2 > F27 and T > TP > TP3, TU;
// here they stand in for customers: 4 is F27 under 3, 3 under 2.
func TestMembersAndSets(t *testing.T) {
	tree := Extra{Trees: map[string]Tree{"customer": {Parent: "parent_customer_key"}},
		Levels: map[string]int{"customer.city": 1, "customer.status": 2}}
	where := func(f cube.Filter) cube.Query {
		return cube.Query{Rows: rows("customer.id"), Measures: rows("n"), Where: []cube.Filter{f}, Totals: cube.Totals{Grand: true}}
	}
	sets := Extra{Sets: map[string]Set{
		"early": {Where: []cube.Filter{month("2024-01")}},
		"best":  {N: 1, By: "n"},
		"third": {N: 34, Percent: true, By: "n", Bottom: true},
	}}
	for _, c := range []struct {
		name  string
		extra Extra
		q     cube.Query
		want  string
	}{
		{"set by condition", sets, where(cube.Filter{Field: "customer.id", Op: "in_set", Values: rows("early")}), "1001 128\n1002 10\n· 138\n"},
		{"not in a set", sets, where(cube.Filter{Field: "customer.id", Op: "not_in_set", Values: rows("early")}), "1003 1\n· 1\n"},
		{"ranked sets", sets, where(cube.Filter{Field: "customer.id", Op: "in_set", Values: rows("best", "third")}), "1001 128\n1002 10\n1003 1\n· 139\n"},
		{"hidden members stay in totals", Extra{Hidden: map[string][]string{"customer.id": {"1001"}}}, where(month("2024-01", "2024-02")), "1002 10\n1003 1\n· 40\n"},
		{"default member", Extra{Defaults: map[string]cube.Filter{"channel": {Field: "channel.name", Op: "=", Values: rows("fax")}}}, where(month("2024-02")), "1001 12\n1002 6\n1003 1\n· 19\n"},
		{"default member where the dimension is asked", Extra{Defaults: map[string]cube.Filter{"channel": {Field: "channel.name", Op: "=", Values: rows("fax")}}},
			cube.Query{Rows: rows("channel.name"), Measures: rows("n"), Where: []cube.Filter{month("2024-02")}}, "fax 19\nmail 7\n"},
		{"calculated member", Extra{Calculated: map[string][]Calculated{"customer.id": {{Name: "1 and 3", Keys: rows("1001", "1003")}}}},
			where(month("2024-02")), "1001 19\n1002 6\n1003 1\n1 and 3 20\n· 26\n"},
		{"under", tree, where(cube.Filter{Field: "customer.id", Op: "under", Values: rows("1002")}), "1002 10\n1003 1\n· 11\n"},
		{"levels of a ragged tree", tree, cube.Query{Rows: rows("customer.city", "customer.status"), Measures: rows("n")}, "Beijing (none) 128\nShanghai active 1\nShanghai (none) 10\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "s"
			o := small(t, "2024-03-31", stock, "", c.extra)
			customers := o.data.Table("core.dim_customer")
			for i, row := range customers.Rows[1:] {
				row[customers.Column("city")], row[customers.Column("status")] = []string{"Beijing", "Shanghai", "Wuhan", "Wuhan", "Wuhan"}[i], "active"
			}
			customers.Rows[3][customers.Column("parent_customer_key")] = int64(2)
			if diff := cmp.Diff(c.want, printed(o, c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCombinedCubes(t *testing.T) {
	extra := Extra{
		Combines: map[string][]string{"s": {"s", "p"}},
		Measures: map[string]Definition{
			"p.planned": {Kind: cube.Sum, Column: "n", Type: "integer"},
			"s.over":    {Kind: Formulas, Formula: &Formula{Op: '-', Left: &Formula{Measure: "n"}, Right: &Formula{Measure: "planned"}}},
		},
	}
	o := small(t, "2024-03-31", stock, "2024-01-01 1 9\n2024-01-01 5 2", extra)
	q := cube.Query{Cube: "s", Rows: rows("customer.name"), Measures: rows("n", "planned", "over"), Where: []cube.Filter{month("2024-01")}, Totals: cube.Totals{Grand: true}}
	if diff := cmp.Diff("1 10 9 1\n2 4 · 4\n5 · 2 -2\n· 14 11 3\n", printed(o, q)); diff != "" {
		t.Error(diff)
	}
	q.Rows, q.Totals.Grand = rows("channel.name"), false
	if diff := cmp.Diff("oracle: cube p has no dimension channel", printed(o, q)); diff != "" {
		t.Error(diff)
	}
}
