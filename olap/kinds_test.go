package olap_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/formula"
	"verso/olap/olaptest"
)

// kindsYAML is measures of every kind that the shipped cubes may not have.
const kindsYAML = `
cubes:
  - name: sales
    extends: true
    measures:
      - {name: k_approx, kind: approx, column: customer_key, format: integer, label: {en: A}, description: {en: A.}}
      - {name: k_median, kind: quantile, q: 0.5, column: net, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_p90, kind: quantile, q: 0.9, column: qty, type: integer, format: decimal, label: {en: A}, description: {en: A.}}
      - {name: k_least, kind: quantile, q: 0, column: net, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_most, kind: quantile, q: 1, column: net, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_day, kind: quantile, q: 0.5, column: order_date, type: date, format: date, label: {en: A}, description: {en: A.}}
      - {name: k_first, kind: min, column: order_date, type: date, format: date, label: {en: A}, description: {en: A.}}
      - {name: k_average, kind: average, column: cost, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_copies, kind: average, column: qty, type: integer, format: decimal, label: {en: A}, description: {en: A.}}
      - {name: k_weighted, kind: weighted, column: cost, weight: qty, weight_type: integer, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_by_net, kind: weighted, column: cost, weight: net, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_qty_by_qty, kind: weighted, column: qty, type: integer, weight: qty, weight_type: integer, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_deviation, kind: stddev, column: cost, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_qty_deviation, kind: stddev, column: qty, type: integer, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_rush, kind: count, when_true: is_rush, format: integer, label: {en: A}, description: {en: A.}}
      - {name: k_rush_cost, kind: average, column: cost, when_true: is_rush, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_net_or_cost, kind: formula, formula: net - cost, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_taxed, kind: formula, formula: net * 1.13, format: money, label: {en: A}, description: {en: A.}}
      - {name: k_per_order, kind: formula, formula: "(net + tax) / orders", format: money, label: {en: A}, description: {en: A.}}
      - {name: k_if, kind: formula, formula: "if(lines >= 100, -lines, orders × 2)", format: integer, label: {en: A}, description: {en: A.}}
      - {name: k_functions, kind: formula, formula: "max(abs(net - gross), min(tax, 5), coalesce(cost, 0))", format: money, label: {en: A}, description: {en: A.}}
      - {name: k_nullif, kind: formula, formula: "net ÷ nullif(copies - copies, 0) + 1", format: money, label: {en: A}, description: {en: A.}}
      - {name: k_square, kind: formula, formula: "copies × copies", format: integer, label: {en: A}, description: {en: A.}}
      - {name: k_products, kind: formula, formula: "net × tax", format: decimal, label: {en: A}, description: {en: A.}}
      - {name: k_nested, kind: formula, formula: "k_per_order + k_if", format: decimal, label: {en: A}, description: {en: A.}}
      - {name: k_zeros, kind: formula, formula: "lines + orders × 2", format: integer, label: {en: A}, description: {en: A.}}
`

func openKinds(t testing.TB, db engine.Database) *olap.Olap {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(kindsYAML), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := olap.Open(context.Background(), db, olap.Options{Catalog: dir})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// lineGroup is order lines, read by column.
type lineGroup struct {
	table *olaptest.Table
	rows  [][]any
}

func (g lineGroup) at(row []any, column string) any { return row[g.table.Column(column)] }

// of is the known values of a column as exact numbers.
func (g lineGroup) of(column string) (list []*big.Rat) {
	for _, row := range g.rows {
		if v := ratFrom(g.at(row, column)); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// ratFrom is a number of the fixture, nil for what is none.
func ratFrom(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return ratOf(v)
	case engine.Decimal:
		return big.NewRat(int64(v.Num.LowBits()), 10000)
	}
	return nil
}

func ratSum(list []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, v := range list {
		sum.Add(sum, v)
	}
	return sum
}

func (g lineGroup) where(column string) lineGroup {
	out := lineGroup{table: g.table}
	for _, row := range g.rows {
		if v := g.at(row, column); v != nil && v != false {
			out.rows = append(out.rows, row)
		}
	}
	return out
}

func ratDistinct(list []*big.Rat) *big.Rat {
	seen := map[string]bool{}
	for _, v := range list {
		if v.Sign() >= 0 {
			seen[v.String()] = true
		}
	}
	return big.NewRat(int64(len(seen)), 1)
}

// ratNearest is the double nearest to a quotient.
func ratNearest(a, b *big.Rat) any {
	if b.Sign() == 0 {
		return nil
	}
	f, _ := new(big.Rat).Quo(a, b).Float64()
	return f
}

func ratMul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func ratAdd(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func ratSub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func ratOf(n int64) *big.Rat        { return big.NewRat(n, 1) }

// ratText is an exact number with so many decimals.
func ratText(v *big.Rat, decimals int) any { return v.FloatString(decimals) }

func (g lineGroup) weighted(column, weight string) any {
	products, weights := new(big.Rat), new(big.Rat)
	for _, row := range g.rows {
		if v, w := ratFrom(g.at(row, column)), ratFrom(g.at(row, weight)); v != nil && w != nil {
			products.Add(products, ratMul(v, w))
			weights.Add(weights, w)
		}
	}
	return ratNearest(products, weights)
}

// deviation is the textbook definition: the root of the mean square distance
// from the mean, with n - 1.
func (g lineGroup) deviation(column string) any {
	list := g.of(column)
	if len(list) < 2 {
		return nil
	}
	mean := new(big.Rat).Quo(ratSum(list), ratOf(int64(len(list))))
	squares := new(big.Rat)
	for _, v := range list {
		squares.Add(squares, ratMul(ratSub(v, mean), ratSub(v, mean)))
	}
	f, _ := squares.Quo(squares, ratOf(int64(len(list)-1))).Float64()
	return math.Sqrt(f)
}

func (g lineGroup) quantile(column string, q float64) any {
	list := g.of(column)
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, (*big.Rat).Cmp)
	place := float64(len(list)-1) * q
	low, high := list[int(math.Floor(place))], list[int(math.Ceil(place))]
	part := new(big.Rat).SetFloat64(place - math.Floor(place))
	f, _ := ratAdd(low, ratMul(ratSub(high, low), part)).Float64()
	return f
}

func (g lineGroup) days() (list []string) {
	for _, row := range g.rows {
		list = append(list, g.at(row, "order_date").(time.Time).Format(time.DateOnly))
	}
	slices.Sort(list)
	return list
}

// byHandOf works every measure of kindsYAML out from the rows.
func byHandOf(g lineGroup) map[string]any {
	net, gross, cost, tax, qty := ratSum(g.of("net")), ratSum(g.of("gross")), ratSum(g.of("cost")), ratSum(g.of("tax")), ratSum(g.of("qty"))
	lines, orders := ratOf(int64(len(g.rows))), ratDistinct(g.of("order_key"))
	want := map[string]any{
		"k_median": g.quantile("net", 0.5), "k_p90": g.quantile("qty", 0.9), "k_least": g.quantile("net", 0), "k_most": g.quantile("net", 1),
		"k_day": g.days()[(len(g.rows)-1)/2], "k_first": g.days()[0],
		"k_average": ratNearest(cost, ratOf(int64(len(g.of("cost"))))), "k_copies": ratNearest(qty, lines),
		"k_weighted": g.weighted("cost", "qty"), "k_by_net": g.weighted("cost", "net"), "k_qty_by_qty": g.weighted("qty", "qty"),
		"k_deviation": g.deviation("cost"), "k_qty_deviation": g.deviation("qty"),
		"k_rush":      ratText(ratOf(int64(len(g.where("is_rush").rows))), 0),
		"k_rush_cost": ratNearest(ratSum(g.where("is_rush").of("cost")), ratOf(int64(len(g.where("is_rush").of("cost"))))),
		// A missing cost counts as 0 beside a net that is there.
		"k_net_or_cost": ratText(ratSub(net, cost), 4), "k_taxed": ratText(ratMul(net, big.NewRat(113, 100)), 6),
		"k_per_order": ratNearest(ratAdd(net, tax), orders), "k_nullif": 1.0,
		"k_square": ratText(ratMul(qty, qty), 0), "k_products": ratText(ratMul(net, tax), 8), "k_zeros": ratText(ratAdd(lines, ratMul(orders, ratOf(2))), 0),
	}
	choice := ratMul(orders, ratOf(2))
	if len(g.rows) >= 100 {
		choice = new(big.Rat).Neg(lines)
	}
	want["k_if"] = ratText(choice, 0)
	if f, ok := want["k_per_order"].(float64); ok {
		c, _ := choice.Float64()
		want["k_nested"] = f + c
	}
	largest := new(big.Rat).Abs(ratSub(net, gross))
	least := tax
	if least.Cmp(ratOf(5)) > 0 {
		least = ratOf(5)
	}
	for _, v := range []*big.Rat{least, cost} {
		if v.Cmp(largest) > 0 {
			largest = v
		}
	}
	want["k_functions"] = ratText(largest, 4)
	return want
}

// Every kind of measure equals what its definition gives from the rows, at each
// level: doubles to the last bit where they are a quotient of exact numbers, to
// 14 digits where more is done to them.
func TestKindsEqualTheirDefinitions(t *testing.T) {
	ctx := context.Background()
	for seed := range 4 {
		data := untidy(uint64(seed))
		o := openKinds(t, olaptest.Open(t, data))
		facts := data.Table("core.fact_order_line")
		var measures []string
		for _, m := range o.Cubes()[0].Measures {
			if len(m.Name) > 2 && m.Name[:2] == "k_" && m.Name != "k_approx" {
				measures = append(measures, m.Name)
			}
		}
		table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"date.month", "date.day"}, Measures: measures, Totals: cube.Totals{Grand: true, Rows: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range table.Rows {
			g := lineGroup{table: facts}
			for _, row := range facts.Rows {
				day := row[facts.Column("order_date")].(time.Time)
				if (r.Level < 1 || day.Format("2006-01") == r.Cells[0]) && (r.Level < 2 || day.Format(time.DateOnly) == engine.Text(r.Cells[1])) {
					g.rows = append(g.rows, row)
				}
			}
			want := byHandOf(g)
			for i, name := range measures {
				got, want := r.Cells[2+i], want[name]
				if x, ok := got.(float64); ok {
					y, ok := want.(float64)
					loose := slices.Contains([]string{"k_deviation", "k_qty_deviation", "k_p90", "k_nested"}, name)
					if !ok || x != y && (!loose || math.Abs(x-y) > 1e-14*math.Abs(y)) {
						t.Errorf("seed %d %v %s: %v, want %v", seed, r.Cells[:2], name, got, want)
					}
					continue
				}
				if (got == nil) != (want == nil) || got != nil && engine.Text(got) != want {
					t.Errorf("seed %d %v %s: %v, want %v", seed, r.Cells[:2], name, got, want)
				}
			}
		}
	}
}

// The number of known customers is approximate within what is stated, and the
// answer says so.
func TestApproximateSaysSo(t *testing.T) {
	ctx := context.Background()
	o := openKinds(t, olaptest.Star(t))
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"k_approx", "customers"}})
	if err != nil {
		t.Fatal(err)
	}
	if !table.Columns[1].Approximate || table.Columns[2].Approximate || len(table.Notes) != 1 {
		t.Errorf("%+v %v", table.Columns, table.Notes)
	}
	for _, r := range table.Rows {
		about, _ := engine.Float(r.Cells[1])
		n, _ := engine.Float(r.Cells[2])
		if math.Abs(about-n) > 4*cube.ApproxError*n+1 {
			t.Errorf("%v: about %v, exactly %v", r.Cells[0], about, n)
		}
	}
}

// Over no fact, counts are 0 and what is computed from them is what the database
// makes of zeros.
func TestKindsOverNothing(t *testing.T) {
	ctx := context.Background()
	o := openKinds(t, olaptest.Star(t))
	never := []cube.Filter{{Field: "customer.name", Op: "=", Values: []string{"nobody of that name"}}}
	for _, m := range o.Cubes()[0].Measures {
		whole, err := o.Ask(ctx, cube.Query{Cube: "sales", Measures: []string{m.Name}, Where: never})
		if err != nil {
			t.Fatal(m.Name, err)
		}
		added, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{m.Name}, Where: never, Totals: cube.Totals{Grand: true}})
		if err != nil {
			t.Fatal(m.Name, err)
		}
		if got, want := fmt.Sprintf("%T %v", added.Rows[0].Cells[1], added.Rows[0].Cells[1]), fmt.Sprintf("%T %v", whole.Rows[0].Cells[0], whole.Rows[0].Cells[0]); got != want {
			t.Errorf("%s over nothing: %s, the database says %s", m.Name, got, want)
		}
	}
}

// The same bytes on any number of cores.
func TestKindsOnAnyCoreCount(t *testing.T) {
	ctx := context.Background()
	data := olaptest.Build(olaptest.Default())
	var first []olap.Row
	for _, threads := range []int{1, 4} {
		db, err := duck.Open(ctx, duck.Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := olaptest.Load(ctx, db, data); err != nil {
			t.Fatal(err)
		}
		// So many that several threads share them.
		_, err = db.Exec(ctx, engine.SQL(`INSERT INTO core.fact_order_line SELECT f.* REPLACE (net + i AS net, cost + i * i AS cost, qty + i AS qty)
			FROM core.fact_order_line AS f, range(1, 150) AS r(i) ORDER BY f.line_id * 7919 % 1000, i`))
		if err != nil {
			t.Fatal(err)
		}
		o := openKinds(t, db)
		var measures []string
		for _, m := range o.Cubes()[0].Measures {
			measures = append(measures, m.Name)
		}
		for range 3 {
			table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.type", "date.year"}, Measures: measures, Totals: cube.Totals{Grand: true, Rows: true}})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = table.Rows
			}
			if diff := cmp.Diff(first, table.Rows, cmp.Comparer(func(a, b engine.Decimal) bool { return a == b })); diff != "" {
				t.Fatalf("%d threads: %s", threads, diff)
			}
		}
	}
}

// Formulas rank, sort and stand beside one another.
func TestFormulaInTopAndSort(t *testing.T) {
	ctx := context.Background()
	o := openKinds(t, olaptest.Star(t))
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Columns: []string{"date.year"}, Measures: []string{"k_per_order", "k_average"},
		Top: &cube.Top{N: 3, By: "k_nested", Others: true}, Sort: []cube.Sort{{By: "k_per_order", Desc: true}}, Totals: cube.Totals{Grand: true, Cols: true}})
	if err != nil {
		t.Fatal(err)
	}
	i := len(table.Columns) - 2
	for r := 1; r < 3; r++ {
		if table.Rows[r-1].Cells[i].(float64) < table.Rows[r].Cells[i].(float64) {
			t.Error("not sorted:", table.Rows)
		}
	}
	if len(table.Rows) != 5 || !table.Rows[3].Other {
		t.Error(table.Rows)
	}
}

// randomFormula writes a formula over a few measures.
func randomFormula(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return []string{"lines", "net", "copies", "cost", "tax", "orders", "0", "1", "0.25", "3", "(lines - lines)", "12.5"}[r.IntN(12)]
	}
	a, b := randomFormula(r, depth-1), randomFormula(r, depth-1)
	switch r.IntN(11) {
	case 0, 1:
		return a + " + " + b
	case 2, 3:
		return a + " - (" + b + ")"
	case 4:
		return "(" + a + ") * (" + b + ")"
	case 5, 6:
		return "(" + a + ") / (" + b + ")"
	case 7:
		return "-(" + a + ")"
	case 8:
		return "abs(" + a + ")"
	case 9:
		return "if(" + a + []string{" < ", " = ", " >= ", " != "}[r.IntN(4)] + b + ", " + randomFormula(r, depth-1) + ", " + a + ")"
	}
	return []string{"min", "max", "coalesce", "nullif"}[r.IntN(4)] + "(" + a + ", " + b + ")"
}

// Formulas made at random are in SQL what they are in exact arithmetic: sums and
// products of integers and decimals to the last digit.
func TestRandomFormulasInSQL(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	b.WriteString("cubes:\n  - name: sales\n    extends: true\n    measures:\n")
	q := cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"lines", "net", "copies", "cost", "tax", "orders"}, Totals: cube.Totals{Grand: true}}
	for i := range 250 {
		name := fmt.Sprintf("k%d", i)
		text := randomFormula(r, 3)
		for !regexp.MustCompile(`lines|net|copies|cost|tax|orders`).MatchString(text) { // it must name a measure
			text = randomFormula(r, 3)
		}
		fmt.Fprintf(&b, "      - {name: %s, kind: formula, formula: %q, format: decimal, label: {en: A}, description: {en: A.}}\n", name, text)
		q.Measures = append(q.Measures, name)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for seed := range 6 {
		compareFormulas(t, uint64(seed), dir, q, seen)
	}
	t.Log(seen)
	for _, kind := range []string{"integer", "decimal", "double"} {
		if seen[kind+" true"] == 0 || seen[kind+" false"] == 0 && kind != "integer" {
			t.Errorf("values of type %s were not both there and missing: %v", kind, seen)
		}
	}
}

// compareFormulas asks for formulas and their parts, and counts what came out.
func compareFormulas(t *testing.T, seed uint64, dir string, q cube.Query, seen map[string]int) {
	t.Helper()
	ctx := context.Background()
	o, err := olap.Open(ctx, olaptest.Open(t, untidy(seed)), olap.Options{Catalog: dir})
	if err != nil {
		t.Fatal(err)
	}
	table, err := o.Ask(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table.Rows {
		cell := func(m *cube.Measure) formula.Number {
			v := ratFrom(row.Cells[1+slices.Index(q.Measures, m.Name)])
			return formula.Number{Exact: v, Known: v != nil}
		}
		for i, name := range q.Measures {
			m, got := o.Cubes()[0].Measure(name), row.Cells[1+i]
			want := m.Value(cell)
			seen[fmt.Sprintf("%s %v", m.ValueType(), want.Known)]++
			switch {
			case (got == nil) == want.Known:
			case got == nil:
				continue
			case want.Exact != nil && m.ValueType() != "double":
				if engine.Text(got) == want.Exact.FloatString(m.Scale()) {
					continue
				}
			default:
				f, ok := got.(float64)
				if d := want.Float(); ok && math.Abs(f-d) <= 1e-11*math.Abs(d) {
					continue
				}
			}
			t.Errorf("%v %s = %s: %v, want %v", row.Cells[0], name, m.Formula, got, want)
		}
	}
}
