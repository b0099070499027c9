package oracletest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

const unitDimension = `dimensions:
  - name: unit
    label: {en: Unit}
    description: {en: Where it is.}
    table: core.dim_unit
    key: unit_key
    attributes:
      - {name: id, column: unit_id, label: {en: Unit ID}, description: {en: Its identifier.}}
      - {name: name, column: name, key: unit_key, id: unit_id, label: {en: Unit}, description: {en: Its name.}}
      - {name: kind, column: kind, order: kind_no, label: {en: Kind}, description: {en: What it is.}}
      - {name: code, column: kind, key: kind_code, show_key: true, label: {en: Code}, description: {en: What it is by code.}}
      - {name: size, type: integer, column: size, label: {en: Size}, description: {en: How large it is.}}
      - {name: opened, type: date, column: opened, label: {en: Opened}, description: {en: Since when.}}
      - {name: is_open, type: boolean, column: is_open, label: {en: Open}, description: {en: Whether it is open.}}
cubes:
`

// ownCubes is a catalog of cubes over the added tables: each has some of the
// dimensions and of the measures that it could have, so that no two warehouses
// have the same cubes.
func ownCubes(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(unitDimension)
	writeCube(&b, r, "moves", "core.fact_move",
		[]string{"{name: date, key: date_key}", "{name: due, dimension: date, key: due_key}", "{name: unit, key: unit_key}", "{name: customer, key: customer_key}"},
		[]string{"pieces", "amount", "fee"})
	writeCube(&b, r, "stock", "core.fact_stock",
		[]string{"{name: date, key: date_key}", "{name: unit, key: unit_key}", "{name: title, key: title_key}"}, []string{"pieces", "amount"})
	writeCube(&b, r, "plan", "core.fact_plan",
		[]string{"{name: date, key: date_key}", "{name: channel, key: channel_key}"}, []string{"net", "qty"})
	return b.String()
}

func writeCube(b *strings.Builder, r *rand.Rand, name, table string, dimensions, columns []string) {
	fmt.Fprintf(b, "  - name: %s\n    label: {en: %s}\n    description: {en: Of the test.}\n    table: %s\n    dimensions:\n", name, name, table)
	for i, d := range dimensions {
		if i == 0 || r.IntN(4) > 0 {
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
	if name == "moves" {
		measure("documents", "kind: distinct, column: doc_key")
		measure("units", "kind: distinct, column: unit_key, when_known: fee")
	}
	parts := len(names)
	for i := range 3 {
		measure(fmt.Sprintf("ratio%d", i), fmt.Sprintf("kind: ratio, numerator: %s, denominator: %s", names[r.IntN(parts)], names[r.IntN(parts)]))
	}
}
