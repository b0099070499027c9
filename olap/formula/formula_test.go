package formula_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"verso/olap/formula"
)

func TestParse(t *testing.T) {
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
		e, err := formula.Parse(text)
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
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"net - coalesce(cost, 0)", "(a + b) × 2 ÷ c", "if(a < b, -a, abs(b))", "1.5.2", "((((", "a - - b", "max(", "\xff", "a +\x00 b", "0.", ".5", "if(a = b = c, 1, 2)", "−−1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := formula.Parse(text)
		if err != nil {
			var parse *formula.Error
			if !errors.As(err, &parse) || parse.Message == "" || parse.Column < 1 || parse.Column > len(text)+1 {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		written := e.String()
		again, err := formula.Parse(written)
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
		if e, err := formula.Parse(b.String()); err == nil {
			read++
			if again, err := formula.Parse(e.String()); err != nil || again.String() != e.String() {
				t.Errorf("%q: %v", b.String(), err)
			}
		}
	}
	if read < 200 {
		t.Error("only", read, "could be read")
	}
}
