package oracle

import (
	"fmt"
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

// measured adds the measure m to the small cube.
func measured(definition string) string {
	return onlySmall + "  - name: s\n    extends: true\n    measures:\n      - {name: m, " + definition + ", format: ratio, label: {en: m}, description: {en: m.}}\n"
}

func TestMeasureKinds(t *testing.T) {
	byMonth := cube.Query{Rows: rows("date.month"), Measures: rows("m"), Totals: cube.Totals{Grand: true}, Time: &cube.Time{To: "2024-03-31"}}
	byCustomer := cube.Query{Rows: rows("customer.name"), Measures: rows("m"), Totals: cube.Totals{Grand: true}, Time: &cube.Time{To: "2024-03-31"}}
	change := byMonth
	change.Measures, change.Totals = rows("m@pp:delta", "m@ytd"), cube.Totals{}
	for _, c := range []struct {
		name, own string
		q         cube.Query
		want      string
	}{
		{"last over time", measured("kind: sum, column: n, type: integer, over_time: last"), byMonth, "2024-01 14\n2024-02 13\n· 13\n"},
		{"last: a member missing on the last day is not listed", measured("kind: sum, column: n, type: integer, over_time: last"), byCustomer, "1 12\n3 1\n· 13\n"},
		{"first over time", measured("kind: sum, column: n, type: integer, over_time: first"), byCustomer, "1 10\n2 4\n· 14\n"},
		{"average over the days counted", measured("kind: sum, column: n, type: integer, over_time: average"), byCustomer, "1 9.66667\n2 3.33333\n3 0.333333\n· 13.3333\n"},
		{"last under a comparison and in a window", measured("kind: sum, column: n, type: integer, over_time: last"), change,
			"2024-01 14 14\n2024-02 -1 13\n2024-03 -13 13\n"},
		{"median", measured("kind: quantile, column: n, q: 0.5, type: integer"), byMonth, "2024-01 ≈7\n2024-02 ≈6.5\n· ≈6.5\n"},
		{"nine tenths", measured("kind: quantile, column: n, q: 0.9, type: integer"), byMonth, "2024-01 ≈9.4\n2024-02 ≈10.5\n· ≈11\n"},
		{"mean", measured("kind: average, column: n, type: integer"), byMonth, "2024-01 7\n2024-02 6.5\n· 6.66667\n"},
		{"deviation", measured("kind: stddev, column: n, type: integer"), byCustomer, "1 ≈2.51661\n2 ≈1.41421\n3 ·\n· ≈3.9833\n"},
		{"mean by weight", measured("kind: weighted, column: n, weight: channel_key, type: integer, weight_type: integer"), byMonth, "2024-01 7\n2024-02 6.42857\n· 6.55556\n"},
		{"about as many", measured("kind: approx, column: customer_key"), byMonth, "2024-01 ≈2\n2024-02 ≈3\n· ≈3\n"},
		{"formula", measured("kind: formula, formula: n - 0.5 * facts"), byMonth, "2024-01 13.0\n2024-02 24.0\n· 37.0\n"},
		{"functions", measured("kind: formula, formula: 'if(n > 20, max(n, 30), nullif(n, 14)) + min(facts, 3)'"), byMonth, "2024-01 2\n2024-02 33\n· 43\n"},
		{"quotients", measured("kind: formula, formula: '(n + 1) / (facts - 2) - abs(0 - facts)'"), byMonth, "2024-01 -2\n2024-02 ≈9.5\n· ≈4.25\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "s"
			if diff := cmp.Diff(c.want, printed(small(t, "2024-03-31", stock, "", c.own), c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// buyers is customers with a tree, levels of which stand beside calculated and
// hidden members, and a default.
const buyers = `dimensions:
  - name: buyer
    label: {en: B}
    description: {en: B.}
    table: core.dim_customer
    key: customer_key
    attributes:
      - {name: id, column: customer_id, label: {en: ID}, description: {en: ID.}%s}
      - {name: name, column: name, key: customer_key, label: {en: N}, description: {en: N.}}
    parents:
      - {name: tree, parent: parent_customer_key, column: customer_id, label: {en: T}, description: {en: T.}}
    sets:
      - {name: second, label: {en: A}, description: {en: A.}, where: [{field: id, op: in, values: ["1002", "1005"]}]}
      - {name: best, label: {en: A}, description: {en: A.}, top: {n: 1, of: name, by: b.n}}
      - {name: least, label: {en: A}, description: {en: A.}, top: {percent: 34, of: name, by: b.n, bottom: true, time: 2024}}
  - name: way
    label: {en: W}
    description: {en: W.}
    table: core.dim_channel
    key: channel_key
    attributes:
      - {name: name, column: name, key: channel_key, label: {en: N}, description: {en: N.}}
    default: {name: [fax]}
cubes:
  - name: b
    label: {en: B}
    description: {en: B.}
    table: core.fact_s
    dimensions: [{name: date, key: date_key}, {name: buyer, key: customer_key}, {name: %s, key: channel_key}]
    measures:
      - {name: n, kind: sum, column: n, type: integer, format: integer, label: {en: n}, description: {en: n.}}
`

// Customer 3 is under 2.
func TestMembersAndSets(t *testing.T) {
	where := func(f cube.Filter) cube.Query {
		return cube.Query{Rows: rows("buyer.id"), Measures: rows("n"), Where: []cube.Filter{f}, Totals: cube.Totals{Grand: true}}
	}
	set := func(op string, names ...string) cube.Filter {
		return cube.Filter{Field: "buyer", Op: op, Values: names}
	}
	plus := where(month("2024-02"))
	plus.Rows = rows("buyer.id+")
	const calculated = ", members: [{name: pair, label: {en: 1 and 3}, of: ['1001', '1003']}]"
	for _, c := range []struct {
		name, attribute, channel string
		q                        cube.Query
		want                     string
	}{
		{"set by condition", "", "channel", where(set("in_set", "second")), "1002 10\n· 10\n"},
		{"not in a set", "", "channel", where(set("not_in_set", "second")), "1001 128\n1003 1\n· 129\n"},
		{"ranked sets", "", "channel", where(set("in_set", "best", "least")), "1001 128\n1002 10\n1003 1\n· 139\n"},
		{"a set on the rows", "", "channel", cube.Query{Rows: rows("buyer.set_best"), Measures: rows("n")}, "not in 11\nin 128\n"},
		{"hidden members stay in totals", ", hide: ['1001']", "channel", where(month("2024-01", "2024-02")), "1002 10\n1003 1\n· 40\n"},
		{"default member", "", "way", where(month("2024-02")), "1001 12\n1002 6\n1003 1\n· 19\n"},
		{"default member where the dimension is asked", "", "way", cube.Query{Rows: rows("way.name"), Measures: rows("n"), Where: []cube.Filter{month("2024-02")}}, "fax 19\nmail 7\n"},
		{"default member switched off", "", "way", where(cube.Filter{Field: "way", Op: "all"}), "1001 128\n1002 10\n1003 1\n· 139\n"},
		{"calculated member", calculated, "channel", plus, "1001 19\n1002 6\n1003 1\n1 and 3 20\n· 26\n"},
		{"calculated member in a filter", calculated, "channel", where(cube.Filter{Field: "buyer.id", Op: "not_in", Values: rows("pair")}), "1002 10\n· 10\n"},
		{"under", "", "channel", where(cube.Filter{Field: "buyer.tree", Op: "under", Values: rows("1002")}), "1002 10\n1003 1\n· 11\n"},
		{"not under, by key", "", "channel", where(cube.Filter{Field: "buyer.tree", Op: "not_under", Values: rows("2")}), "1001 128\n· 128\n"},
		{"levels of a ragged tree", "", "channel", cube.Query{Rows: rows("buyer.tree"), Measures: rows("n")}, "1001 (none) 128\n1002 1003 1\n1002 (none) 10\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "b"
			o := small(t, "2024-03-31", stock, "", fmt.Sprintf(buyers, c.attribute, c.channel))
			customers := o.data.Table("core.dim_customer")
			for _, row := range customers.Rows {
				row[customers.Column("parent_customer_key")] = int64(-1)
			}
			customers.Rows[3][customers.Column("parent_customer_key")] = int64(2)
			if diff := cmp.Diff(c.want, printed(o, c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCombinedCubes(t *testing.T) {
	own := onlySmall + `  - name: c
    label: {en: C}
    description: {en: Both.}
    combines: [{cube: s, measures: [n, each]}, {cube: p, measures: [planned]}]
    measures:
      - {name: over, kind: formula, formula: n - planned, format: ratio, label: {en: m}, description: {en: m.}}
`
	o := small(t, "2024-03-31", stock, "2024-01-01 1 9\n2024-01-01 5 2", own)
	q := cube.Query{Cube: "c", Rows: rows("customer.name"), Measures: rows("n", "planned", "over", "each"), Where: []cube.Filter{month("2024-01")}, Totals: cube.Totals{Grand: true}}
	if diff := cmp.Diff("1 10 9 1 10\n2 4 · 4 4\n5 · 2 -2 ·\n· 14 11 3 7\n", printed(o, q)); diff != "" {
		t.Error(diff)
	}
	q.Rows, q.Totals.Grand = rows("channel.name"), false
	if diff := cmp.Diff("oracle: cube p has no dimension channel", printed(o, q)); diff != "" {
		t.Error(diff)
	}
}
