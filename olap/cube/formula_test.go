package cube_test

import (
	"strings"
	"testing"

	"verso/olap/cube"
)

const typesYAML = `
cubes:
  - name: s
    label: {en: S}
    description: {en: S.}
    table: core.f
    measures:
      - {name: n, kind: count, format: integer, label: {en: A}, description: {en: A.}}
      - {name: i, kind: sum, column: i, type: integer, format: integer, label: {en: A}, description: {en: A.}}
      - {name: d, kind: sum, column: d, format: money, label: {en: A}, description: {en: A.}}
      - {name: x, kind: approx, column: k, format: integer, label: {en: A}, description: {en: A.}}
      - {name: u, kind: distinct, column: k, format: integer, label: {en: A}, description: {en: A.}}
      - {name: f, kind: formula, formula: FORMULA, format: decimal, label: {en: A}, description: {en: A.}}
`

// Types, decimals and what adds up follow from the parts.
func TestTypesOfFormulas(t *testing.T) {
	for text, want := range map[string]struct {
		kind     string
		scale    int
		additive bool
		about    bool
	}{
		"n + i":                     {"integer", 0, true, false},
		"n - u":                     {"integer", 0, false, false},
		"n + d":                     {"decimal", 4, true, false},
		"d * 1.13":                  {"decimal", 6, true, false},
		"2 * (d - n) * 0.5":         {"decimal", 5, true, false},
		"d * d":                     {"decimal", 8, false, false},
		"d * d * d":                 {"decimal", 12, false, false},
		"d * d * d * 0.1":           {"double", 0, false, false},
		"i * n":                     {"integer", 0, false, false},
		"i / n":                     {"double", 0, false, false},
		"d + i / n":                 {"double", 0, false, false},
		"x + 1":                     {"integer", 0, false, true},
		"-d":                        {"decimal", 4, true, false},
		"abs(i)":                    {"integer", 0, false, false},
		"if(d > n, i, 0.25)":        {"decimal", 2, false, false},
		"coalesce(i, d, n / 1)":     {"double", 0, false, false},
		"nullif(i, d)":              {"integer", 0, false, false},
		"min(i, 1.5) + max(d, n)":   {"decimal", 4, false, false},
		"if(x / n < 1, d, d * 1.0)": {"decimal", 5, false, true},
	} {
		m, err := cube.Load([]cube.File{{Name: "f", Data: []byte(strings.Replace(typesYAML, "FORMULA", `"`+text+`"`, 1))}})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		f := m.Cube("s").Measure("f")
		if f.ValueType() != want.kind || f.Scale() != want.scale || f.Additive() != want.additive || f.Approximate() != want.about {
			t.Errorf("%s: %s with %d decimals, additive %v, approximate %v; want %+v", text, f.ValueType(), f.Scale(), f.Additive(), f.Approximate(), want)
		}
	}
}
