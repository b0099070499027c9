package cube_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"verso/olap/cube"
)

func TestParseFormula(t *testing.T) {
	for text, want := range map[string]string{
		"net":                                   "net",
		"net-cost":                              "net - cost",
		"a - b - c + -d":                        "a - b - c - d",
		"a - (b - c)":                           "a - (b - c)",
		"a*b/c":                                 "a × b ÷ c",
		"a / (b × c)":                           "a ÷ (b × c)",
		"(a + b) * 2":                           "(a + b) × 2",
		"−a + 007.50":                           "-a + 7.50",
		"-(a*b)":                                "-(a × b)",
		"-a*b":                                  "-a × b",
		"if(a<>0,b÷a,0)":                        "if(a != 0, b ÷ a, 0)",
		"max(a, b, min(c, 1)) - coalesce(d, 0)": "max(a, b, min(c, 1)) - coalesce(d, 0)",
		"nullif( abs(a) , 0.5 )":                "nullif(abs(a), 0.5)",
		"min":                                   "min",
		"a\n\t+ b\n":                            "a + b",
		"if(a + 1 >= b, 1, if(a = b, 2, 3))":    "if(a + 1 >= b, 1, if(a = b, 2, 3))",
	} {
		e, err := cube.ParseFormula(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := e.String(); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// What can be read can be written and read again, and what cannot be read gives
// an error with a place in the text.
func FuzzParseFormula(f *testing.F) {
	for _, seed := range []string{"net - coalesce(cost, 0)", "(a + b) × 2 ÷ c", "if(a < b, -a, abs(b))", "1.5.2", "((((", "a - - b", "max(", "\xff", "a +\x00 b", "0.", ".5", "if(a = b = c, 1, 2)", "−−1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := cube.ParseFormula(text)
		if err != nil {
			parse, ok := err.(*cube.ParseError)
			if !ok || parse.Message == "" || parse.Column < 1 || parse.Column > len(text)+1 {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		written := e.String()
		again, err := cube.ParseFormula(written)
		if err != nil {
			if strings.Contains(err.Error(), "brackets within") || len(written) > 4000 {
				return
			}
			t.Fatalf("%q was read, but written as %q it gives %v", text, written, err)
		}
		if again.String() != written {
			t.Errorf("%q written as %q, then as %q", text, written, again)
		}
	})
}

// Formulas made at random, right or nearly so, are read or refused, never more.
func TestRandomFormulas(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("a b net 1 0.5 + - * / × ÷ ( ) ( ) , if( abs( min( nullif( < = != ; 1e5")
	read := 0
	for range 20000 {
		var b strings.Builder
		for range 1 + r.IntN(9) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		if e, err := cube.ParseFormula(b.String()); err == nil {
			read++
			if again, err := cube.ParseFormula(e.String()); err != nil || again.String() != e.String() {
				t.Errorf("%q: %v", b.String(), err)
			}
		}
	}
	if read < 200 {
		t.Error("only", read, "could be read")
	}
}

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
