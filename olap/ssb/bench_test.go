package ssb_test

import (
	"testing"

	"verso/olap/compile"
	"verso/olap/ssb"
)

// BenchmarkCompile is from the question to SQL, without a database. The façade
// does it twice: once to find what has to be proven, once with the proofs.
func BenchmarkCompile(b *testing.B) {
	model, err := ssb.Model()
	if err != nil {
		b.Fatal(err)
	}
	complete := map[string]bool{"date": true, "customer": true, "supplier": true, "part": true, "discount": true, "quantity": true}
	for _, c := range cases(b) {
		if c.Query == nil {
			continue
		}
		if _, err := compile.Compile(model, *c.Query, compile.Options{Complete: complete}); err != nil {
			b.Fatal(err)
		}
		b.Run(c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := compile.Compile(model, *c.Query, compile.Options{Complete: complete}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAsk is whole questions on a star so small that the database has next
// to nothing to do: what remains is what surrounds it.
func BenchmarkAsk(b *testing.B) {
	o := open(b, star(b, ssb.Scale{Factor: 0.001, Seed: 1}, 1))
	for _, c := range cases(b) {
		if c.Query == nil {
			continue
		}
		if _, err := ssb.Ask(b.Context(), o, c); err != nil {
			b.Fatal(err)
		}
		b.Run(c.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := ssb.Ask(b.Context(), o, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
