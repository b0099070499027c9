package olap_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// cellsOf are the cells of an answer by the row's keys, the column's keys and
// the measure without its scope.
func cellsOf(t *testing.T, o *olap.Olap, q cube.Query) map[string]string {
	t.Helper()
	table, err := o.Ask(context.Background(), q)
	if err != nil {
		t.Fatalf("%v: %v", q, err)
	}
	cells := map[string]string{}
	for _, row := range table.Rows {
		for i, c := range table.Columns {
			if c.Kind == "measure" && row.Cells[i] != nil {
				cells[strings.Join(row.Keys, "|")+"||"+strings.Join(c.Keys, "|")+"||"+c.Measure] = engine.Text(row.Cells[i])
			}
		}
	}
	return cells
}

// A comparison with the year before is what the same question gives for that
// year: with members under members, named sets, calculated and hidden members,
// groups of filters, and measures of every kind.
func TestComparisonsOfMembersAndKinds(t *testing.T) {
	o := openOwn(t, olaptest.Build(olaptest.Default()), `
dimensions: []
cubes:
  - name: both
    label: {en: Both}
    description: {en: Sales and returns.}
    combines:
      - {cube: sales, measures: [net, lines, median_line_value, mean_line_value, customers, publishers, margin_pct, order_days, orders]}
      - {cube: returns, measures: [return_value, median_return, return_lines]}
    measures:
      - {name: kept, kind: formula, formula: net - return_value, format: money, unit: currency, label: {en: Kept}, description: {en: Sold and kept.}}
      - {name: rate, kind: formula, formula: "return_lines / nullif(lines, 0) + margin_pct", format: ratio, label: {en: Rate}, description: {en: A number.}}
`)
	sales := []string{"net", "lines", "orders", "aov", "median_line_value", "mean_line_value", "customers", "publishers", "margin_pct", "copies_ordered", "rush_share", "first_order"}
	both := []string{"net", "median_line_value", "mean_line_value", "customers", "publishers", "margin_pct", "return_value", "median_return", "kept", "rate", "orders"}
	for _, q := range []cube.Query{
		{Cube: "sales", Rows: []string{"salesperson.teams"}, Totals: cube.Totals{Rows: true, Grand: true}},
		{Cube: "sales", Rows: []string{"class.l1+"}, Totals: cube.Totals{Grand: true}},
		{Cube: "sales", Rows: []string{"class.l1+", "channel.kind"}, Columns: []string{"class.group"}, Totals: cube.Totals{Rows: true, Grand: true, Cols: true}},
		{Cube: "sales", Rows: []string{"customer.set_top_decile"}, Where: []cube.Filter{{Field: "title", Op: "in_set", Values: []string{"textbooks"}}}},
		{Cube: "sales", Rows: []string{"region.area"}, Where: []cube.Filter{
			{Any: []cube.Filter{{Field: "channel.kind", Op: "contains", Values: []string{"o"}}, {Field: "class.l1", Op: "in", Values: []string{"stem"}}}}}},
		{Cube: "sales", Rows: []string{"region.area"}, Where: []cube.Filter{{Field: "class.tree", Op: "under", Values: []string{"T"}}}, Totals: cube.Totals{Grand: true}},
		{Cube: "both", Rows: []string{"region.area", "channel.kind"}, Totals: cube.Totals{Rows: true, Grand: true}},
		{Cube: "both", Rows: []string{"class.l1+"}, Totals: cube.Totals{Grand: true}},
		{Cube: "both", Rows: []string{"salesperson.teams"}, Where: []cube.Filter{{Field: "class.tree", Op: "not_under", Values: []string{"T"}}}},
		{Cube: "both", Rows: []string{"channel.name"}, Where: []cube.Filter{{Field: "customer", Op: "not_in_set", Values: []string{"top_decile"}},
			{Any: []cube.Filter{{Field: "region.area", Op: "!=", Values: []string{"North"}}, {Field: "class.group", Op: "is_null"}}}}},
	} {
		measures := sales
		if q.Cube == "both" {
			measures = both
		}
		for _, list := range [][]string{measures, {"net"}} { // with, and without, what does not add up
			q.Measures, q.Time = list, &cube.Time{From: "2024-01-01", To: "2024-06-30"}
			then := cellsOf(t, o, q)
			q.Time = &cube.Time{From: "2025-01-01", To: "2025-06-30"}
			q.Measures = nil
			for _, m := range list {
				q.Measures = append(q.Measures, m+"@py")
			}
			now := cellsOf(t, o, q)
			if len(then) < 2 {
				t.Fatalf("%v: %d cells", q, len(then))
			}
			for cell, value := range then {
				if now[cell] != value {
					t.Errorf("%v\n%s: %s, the year before %s", q, cell, now[cell], value)
				}
			}
			for cell, value := range now {
				if then[cell] != value {
					t.Errorf("%v\n%s: %s, the year before %s", q, cell, value, then[cell])
				}
			}
		}
	}
}

// The measures that a cube takes from others have the values that they have
// there, at every level.
func TestCombinedMeasuresAreThoseOfTheirCubes(t *testing.T) {
	var sales, returns []string
	model := modelOf(t)
	for _, m := range model.Cube("sales").Measures {
		sales = append(sales, m.Name)
	}
	for _, m := range model.Cube("returns").Measures {
		returns = append(returns, m.Name)
	}
	o := openOwn(t, olaptest.Build(olaptest.Default()), `
cubes:
  - name: both
    label: {en: Both}
    description: {en: Sales and returns.}
    combines:
      - {cube: sales, measures: [`+strings.Join(sales, ", ")+`]}
      - {cube: returns, measures: [`+strings.Join(returns, ", ")+`]}
`)
	for _, scope := range []string{"", "@ytd", "@py", "@roll3m.py"} {
		for _, rows := range [][]string{{"date.quarter"}, {"region.area", "date.month"}} {
			q := cube.Query{Cube: "both", Rows: rows, Time: &cube.Time{From: "2024-04-01", To: "2025-03-31"}, Totals: cube.Totals{Grand: true, Rows: true}}
			want := map[string]string{}
			for name, list := range map[string][]string{"sales": sales, "returns": returns} {
				own := q
				own.Cube, own.Measures = name, nil
				for _, m := range list {
					own.Measures = append(own.Measures, m+scope)
					q.Measures = append(q.Measures, m+scope)
				}
				for cell, value := range cellsOf(t, o, own) {
					want[cell] = value
				}
			}
			got := cellsOf(t, o, q)
			for cell, value := range want {
				if got[cell] != value {
					t.Errorf("%s %s: %s, on its own %s", scope, cell, got[cell], value)
				}
			}
		}
	}
}

// Groups of filters on days say which days are shown; a group that also asks
// about facts has no meaning under a scope.
func TestGroupsOfDaysUnderScopes(t *testing.T) {
	o := open(t, olaptest.Star(t))
	spring := cube.Filter{Any: []cube.Filter{{Field: "date.month", Op: "=", Values: []string{"2025-02"}},
		{All: []cube.Filter{{Field: "date.quarter", Op: "=", Values: []string{"2025-Q2"}}, {Field: "date.month", Op: "!=", Values: []string{"2025-05"}}}}}}
	before := cube.Filter{Any: []cube.Filter{{Field: "date.month", Op: "=", Values: []string{"2024-02"}},
		{All: []cube.Filter{{Field: "date.quarter", Op: "=", Values: []string{"2024-Q2"}}, {Field: "date.month", Op: "!=", Values: []string{"2024-05"}}}}}}
	q := cube.Query{Cube: "sales", Rows: []string{"channel.kind"}, Measures: []string{"net", "orders"}, Where: []cube.Filter{before}, Totals: cube.Totals{Grand: true}}
	then := cellsOf(t, o, q)
	// 29 February is shown on the 28th: no filter on days takes it away.
	q.Measures, q.Where = []string{"net@py", "orders@py"}, []cube.Filter{spring}
	now := cellsOf(t, o, q)
	for cell, value := range then {
		if now[cell] != value {
			t.Errorf("%s: %s, the year before %s", cell, now[cell], value)
		}
	}
	q.Where = []cube.Filter{{Any: []cube.Filter{spring, {Field: "channel.kind", Op: "is_null"}}}}
	_, err := o.Ask(context.Background(), q)
	var refused *compile.QueryError
	if !errors.As(err, &refused) || refused.Part != "where" || !strings.Contains(err.Error(), "@py") {
		t.Errorf("a group of days and facts: %v", err)
	}
}

const hiddenBuyers = `
dimensions:
  - name: buyer
    label: {en: Buyer}
    description: {en: Who bought.}
    table: core.dim_customer
    key: customer_key
    attributes:
      - {name: type, column: customer_type, hide: [reader, institute], label: {en: Type}, description: {en: Kind.}}
cubes:
  - name: bought
    label: {en: Bought}
    description: {en: Bought.}
    table: core.fact_order_line
    dimensions: [{name: date, key: date_key}, {name: buyer, key: customer_key}]
    measures:
      - {name: net, kind: sum, column: net, format: money, label: {en: Net}, description: {en: Net.}}
      - {name: orders, kind: distinct, column: order_key, format: integer, label: {en: Orders}, description: {en: Orders.}}
  - name: returned
    label: {en: Returned}
    description: {en: Returned.}
    table: core.fact_return
    dimensions: [{name: date, key: date_key}, {name: buyer, key: customer_key}]
    measures:
      - {name: value, kind: sum, column: value, format: money, label: {en: Value}, description: {en: Value.}}
  - name: either
    label: {en: Either}
    description: {en: Either.}
    combines: [{cube: bought, measures: [net, orders]}, {cube: returned, measures: [value]}]
`

// Members hidden on an axis stay in totals under scopes, and are counted.
func TestHiddenMembersUnderScopes(t *testing.T) {
	o := openOwn(t, olaptest.Build(olaptest.Default()), hiddenBuyers)
	for _, measures := range [][]string{{"net@py"}, {"net@ytd", "orders@ytd"}, {"net"}} {
		for _, c := range []string{"bought", "either"} {
			q := cube.Query{Cube: c, Rows: []string{"date.year", "buyer.type"}, Measures: measures, Totals: cube.Totals{Grand: true, Rows: true}}
			table, err := o.Ask(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			want := cellsOf(t, o, cube.Query{Cube: c, Rows: []string{"date.year"}, Measures: measures})
			for _, row := range table.Rows {
				if row.Level == 2 && (row.Keys[1] == "reader" || row.Keys[1] == "institute") {
					t.Errorf("%v is hidden", row.Keys)
				}
				if key := row.Keys[:min(1, len(row.Keys))]; row.Level == 1 && engine.Text(row.Cells[2]) != want[key[0]+"||||net"] {
					t.Errorf("%v: %v, all members %v", row.Keys, row.Cells[2], want[key[0]+"||||net"])
				}
			}
			if !slices.ContainsFunc(table.Notes, func(n string) bool { return strings.Contains(n, "2 hidden of") }) {
				t.Errorf("%v %s: notes %q", measures, c, table.Notes)
			}
		}
	}
}
