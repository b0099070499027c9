package oracletest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// unitDimension is a dimension with everything that a dimension may have; what
// differs between warehouses is left out.
const unitDimension = `dimensions:
  - name: unit
    label: {en: Unit}
    description: {en: Where it is.}
    table: core.dim_unit
    key: unit_key
    attributes:
      - {name: id, column: unit_id, label: {en: Unit ID}, description: {en: Its identifier.}}
      - {name: name, column: name, key: unit_key, id: unit_id, label: {en: Unit}, description: {en: Its name.}%s}
      - {name: kind, column: kind, order: kind_no, label: {en: Kind}, description: {en: What it is.}%s}
      - {name: code, column: kind, key: kind_code, show_key: true, label: {en: Code}, description: {en: What it is by code.}%s}
      - {name: size, type: integer, column: size, label: {en: Size}, description: {en: How large it is.}%s}
      - {name: opened, type: date, column: opened, label: {en: Opened}, description: {en: Since when.}}
      - {name: is_open, type: boolean, column: is_open, label: {en: Open}, description: {en: Whether it is open.}}
    parents:
      - {name: tree, parent: parent_key, column: name, code: unit_id, label: {en: Over}, description: {en: The units above it.}}
      - {name: bare, parent: parent_key, label: {en: Bare}, description: {en: The units above it by name.}}
    sets:
      - {name: large, label: {en: Large}, description: {en: Large ones.}, where: [{field: size, op: ">=", values: ["20"]}]}
      - {name: some, label: {en: Some}, description: {en: Shops and those without a size.}, where: [{any: [{field: kind, op: in, values: [shop]}, {field: size, op: is_null}]}]}
      - {name: best, label: {en: Best}, description: {en: The best.}, top: {n: 2, of: name, by: %s}}
      - {name: least, label: {en: Least}, description: {en: The least.}, top: {percent: 40, of: name, by: stock.sum_pieces, bottom: true, time: %s}}
%scubes:
`

// units is the dimension of units with calculated, hidden and default members.
func units(r *rand.Rand) string {
	maybe := func(n int, texts ...string) string {
		if r.IntN(n) > 0 {
			return ""
		}
		return texts[r.IntN(len(texts))]
	}
	const word = "{name: %s, label: {en: %s}, of: [%s]}"
	member := func(name, of string) string { return fmt.Sprintf(word, name, "The "+name, of) }
	kinds := ", members: [" + member("places", "shop, depot") + ", " + member("odd", `"(none)", shop, nowhere`) + "]"
	sizes := ", members: [" + member("tens", `"10", "30"`) + "]"
	return fmt.Sprintf(unitDimension, maybe(3, ", hide: [North]", ", hide: [South, Elsewhere]"), maybe(2, kinds)+maybe(3, ", hide: [depot]"),
		maybe(2, ", members: ["+member("both", "S, depot")+"]"), maybe(2, sizes),
		[]string{"moves.sum_amount", "stock.facts", "moves.ratio0"}[r.IntN(3)], []string{"all", "last 3 months", "ytd"}[r.IntN(3)],
		maybe(4, "    default: {kind: [shop]}\n", "    default: {kind: [shop, depot], is_open: [\"true\"]}\n"))
}

// ownCubes is a catalog of cubes over the added tables: each has some of the
// dimensions and of the measures that it could have, so that no two warehouses
// have the same cubes.
func ownCubes(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(units(r))
	writeCube(&b, r, "moves", "core.fact_move",
		[]string{"{name: date, key: date_key}", "{name: due, dimension: date, key: due_key}", "{name: unit, key: unit_key}", "{name: customer, key: customer_key}"},
		[]string{"pieces", "amount", "fee"})
	writeCube(&b, r, "stock", "core.fact_stock",
		[]string{"{name: date, key: date_key}", "{name: unit, key: unit_key}", "{name: title, key: title_key}"}, []string{"pieces", "amount"})
	writeCube(&b, r, "plan", "core.fact_plan",
		[]string{"{name: date, key: date_key}", "{name: channel, key: channel_key}"}, []string{"net", "qty"})
	b.WriteString(together)
	return b.String()
}

// together is scenarios and combined cubes.
const together = `  - name: sales
    extends: true
    scenarios: [{name: plan, cube: plan}]
  - name: both
    label: {en: Both}
    description: {en: Moves beside the stock and the plan.}
    combines:
      - {cube: moves, measures: [facts, sum_pieces, sum_amount, per, documents]}
      - {cube: stock, measures: [level_pieces, mean_amount, about]}
    measures:
      - {name: turnover, kind: formula, formula: sum_pieces - level_pieces, format: ratio, label: {en: Turnover}, description: {en: Of the test.}}
      - {name: share, kind: ratio, numerator: sum_amount, denominator: mean_amount, format: ratio, label: {en: Share}, description: {en: Of the test.}}
`

func writeCube(b *strings.Builder, r *rand.Rand, name, table string, dimensions, columns []string) {
	fmt.Fprintf(b, "  - name: %s\n    label: {en: %s}\n    description: {en: Of the test.}\n    table: %s\n    dimensions:\n", name, name, table)
	for i, d := range dimensions {
		if i == 0 || strings.Contains(d, "unit") || r.IntN(4) > 0 { // sets rank units
			fmt.Fprintf(b, "      - %s\n", d)
		}
	}
	b.WriteString("    measures:\n")
	var names []string
	measure := func(name, text string) {
		names = append(names, name)
		fmt.Fprintf(b, "      - {name: %s, %s, format: ratio, label: {en: %s}, description: {en: Of the test.}}\n", name, text, name)
	}
	measure("facts", "kind: count")
	for _, c := range columns {
		kind := "decimal"
		if c == "pieces" || c == "qty" {
			kind = "integer"
		}
		measure("sum_"+c, "kind: sum, column: "+c+", type: "+kind)
		for _, k := range []string{"min", "max"} {
			if r.IntN(2) == 0 {
				measure(k+"_"+c, "kind: "+k+", column: "+c+", type: "+kind)
			}
		}
		if other := columns[r.IntN(len(columns))]; r.IntN(2) == 0 && other != c {
			measure("known_"+c, "kind: sum, column: "+c+", when_known: "+other+", type: "+kind+", lower_is_better: true")
			measure("count_"+c, "kind: count, when_known: "+c)
		}
	}
	if name == "plan" { // as sales has them
		measure("net", "kind: sum, column: net")
		measure("copies", "kind: sum, column: qty, type: integer")
		measure("aov", "kind: ratio, numerator: net, denominator: facts")
	}
	if name == "stock" {
		measure("level_pieces", "kind: sum, column: pieces, type: integer, over_time: "+[]string{"last", "first"}[r.IntN(2)])
		measure("last_amount", "kind: sum, column: amount, when_true: flag, over_time: last")
		measure("mean_amount", "kind: sum, column: amount, over_time: average")
		measure("mean_pieces", "kind: sum, column: pieces, type: integer, over_time: average")
		measure("per_piece", "kind: ratio, numerator: last_amount, denominator: level_pieces")
		names = names[:len(names)-4]
	}
	if name == "moves" {
		measure("documents", "kind: distinct, column: doc_key")
		measure("units", "kind: distinct, column: unit_key, when_known: fee")
	}
	parts := len(names)
	otherKinds(r, measure, columns, names)
	for i := range 3 {
		measure(fmt.Sprintf("ratio%d", i), fmt.Sprintf("kind: ratio, numerator: %s, denominator: %s", names[r.IntN(parts)], names[r.IntN(parts)]))
	}
}

// otherKinds adds measures that are no plain sums and counts, and formulas.
func otherKinds(r *rand.Rand, measure func(name, text string), columns, names []string) {
	names = names[:len(names):len(names)]
	weight := columns[0]
	for _, c := range columns {
		kind := "decimal"
		if c == "pieces" || c == "qty" {
			kind = "integer"
		}
		weightType := "decimal"
		if weight == "pieces" || weight == "qty" {
			weightType = "integer"
		}
		for _, k := range []string{"kind: average", "kind: stddev", "kind: quantile, q: 0.5", "kind: quantile, q: 0.9", "kind: quantile, q: 0",
			"kind: weighted, weight: " + weight + ", weight_type: " + weightType} {
			if r.IntN(3) == 0 {
				when := []string{"", ", when_known: " + columns[r.IntN(len(columns))], ", when_true: flag"}[r.IntN(3)]
				name := strings.NewReplacer("kind: ", "", ", q: 0.", "_", ", q: ", "_", ", weight: ", "_by_", ", weight_type: ", "_").Replace(k)
				measure(name+"_"+c, k+", column: "+c+", type: "+kind+when)
			}
		}
		if r.IntN(2) == 0 {
			measure("flagged_"+c, "kind: sum, column: "+c+", when_true: flag, type: "+kind)
			names = append(names, "flagged_"+c)
		}
	}
	measure("about", "kind: approx, column: date_key, when_known: "+columns[0])
	for i := range 3 {
		measure(fmt.Sprintf("sum%d", i), "kind: formula, formula: '"+expression(r, names, 2)+"'")
	}
	a, b := expression(r, names, 1), expression(r, names, 1)
	measure("per", "kind: formula, formula: '("+a+") / ("+b+")'")
	measure("mixed", "kind: formula, formula: '("+a+") / ("+b+") "+[]string{"+", "-", "*"}[r.IntN(3)]+" ("+expression(r, names, 1)+")'")
	measure("nested", "kind: formula, formula: 'sum0 - coalesce(sum1, 1) * 2'")
}

// expression is a formula of whole numbers and decimals, with a measure in it.
func expression(r *rand.Rand, names []string, depth int) string {
	text := anyExpression(r, names, depth)
	if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(text, name) }) {
		text += " + " + names[0]
	}
	return text
}

func anyExpression(r *rand.Rand, names []string, depth int) string {
	if depth == 0 || r.IntN(5) == 0 {
		if r.IntN(4) == 0 {
			return []string{"0", "1", "3", "0.25", "12.5"}[r.IntN(5)]
		}
		return names[r.IntN(len(names))]
	}
	a, b := anyExpression(r, names, depth-1), expression(r, names, depth-1)
	switch r.IntN(10) {
	case 0, 1, 2:
		return a + " + " + b
	case 3, 4:
		return a + " - (" + b + ")"
	case 5:
		return "(" + a + ") * (" + b + ")"
	case 6:
		return "-(" + a + ")"
	case 7:
		return "abs(" + a + ")"
	case 8:
		return "if(" + a + []string{" < ", " = ", " >= ", " != "}[r.IntN(4)] + b + ", " + expression(r, names, depth-1) + ", " + a + ")"
	}
	return []string{"min", "max", "coalesce", "nullif"}[r.IntN(4)] + "(" + a + ", " + b + ")"
}
