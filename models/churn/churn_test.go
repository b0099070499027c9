package churn

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"verso/models/propensity"
)

// The probability of at most 3 of 13 at a half is (1+13+78+286)/8192, by hand.
func TestBinomialBelow(t *testing.T) {
	if got, want := binomialBelow(3, 13, .5), 378.0/8192; math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := binomialBelow(5, 5, .3); got != 1 {
		t.Errorf("at most all: %v", got)
	}
}

// A customer that fell from 20 days to 2 is found, one that fell from 4 to 3 and one
// that fell with its type are not.
func TestFades(t *testing.T) {
	found := Fades([]float64{2, 3, 5}, []float64{20, 4, 20}, []float64{1, 1, .25})
	if len(found) != 1 || found[0].Row != 0 || found[0].Expected != 20 {
		t.Errorf("found %+v", found)
	}
}

// A subject on 20 of 30 days before and none of 12 now is left: by Fisher's test
// C(30,20)·C(12,0)/C(42,20) is the only table as far out.
func TestParts(t *testing.T) {
	found := Parts([]float64{0, 4}, []float64{20, 10}, []float64{12, 12}, []float64{30, 30})
	if len(found) != 1 || found[0].Row != 0 {
		t.Fatalf("found %+v", found)
	}
	choose := func(n, k float64) float64 {
		a, _ := math.Lgamma(n + 1)
		b, _ := math.Lgamma(k + 1)
		c, _ := math.Lgamma(n - k + 1)
		return a - b - c
	}
	if want := math.Exp(choose(30, 20) - choose(42, 20)); math.Abs(found[0].P/want-1) > 1e-9 {
		t.Errorf("p %v, want %v", found[0].P, want)
	}
	if found[0].Expected != 8 {
		t.Errorf("expected %v days, want 20/30 of 12", found[0].Expected)
	}
}

// shop makes customers who order again with a chance that falls with recency.
func shop(origins int) (*Data, []Feature) {
	r := rand.New(rand.NewPCG(1, 2))
	d := &Data{Kinds: []string{"a"}, X: propensity.Table{{Name: "recency"}, {Name: "noise"}}}
	for o := range origins {
		for c := range 200 {
			recency := float64(r.IntN(200))
			next := math.NaN()
			if r.Float64() > sigmoid(recency/40-2.5) {
				next = float64(100*o + 1 + r.IntN(100))
			}
			d.Customer, d.Origin, d.Kind = append(d.Customer, int64(c)), append(d.Origin, 100*o), append(d.Kind, 0)
			d.Until, d.Next = append(d.Until, 100*o+100), append(d.Next, next)
			d.X[0].Numbers, d.X[1].Numbers = append(d.X[0].Numbers, recency), append(d.X[1].Numbers, r.Float64())
		}
	}
	return d, []Feature{{Name: "recency", Concept: "silence", Log: true, Monotone: 1}, {Name: "noise", Concept: "noise"}}
}

// The shares of concepts add up to the margin, for a blend as for its parts, and a
// model read back scores the same.
func TestReasonsAddUp(t *testing.T) {
	d, features := shop(6)
	f, err := Learn(d, features, 500, map[string]float64{Logistic: 1.1, Trees: 1.2, Blend: 1.3})
	if err != nil {
		t.Fatal(err)
	}
	rows, x := d.Whole(500)
	for _, kind := range Kinds() {
		m, err := f.Level(d, kind, rows)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Score(x)
		if err != nil {
			t.Fatal(err)
		}
		e, err := m.Explain(x)
		if err != nil {
			t.Fatal(err)
		}
		for i, list := range Reasons(e, features) {
			sum := e.Base + m.Shift
			for _, r := range list {
				sum += r.Share
			}
			if math.Abs(sigmoid(sum)-p[i]) > 1e-9 {
				t.Fatalf("%s: row %d: shares give %v, the score is %v", kind, i, sigmoid(sum), p[i])
			}
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var read Model
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		again, err := read.Score(x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if again[i] != p[i] {
				t.Fatalf("%s: row %d scores %v, read back %v", kind, i, p[i], again[i])
			}
		}
	}
}

// A day knows the outcomes that had come about by then, in part where half of the
// horizon had passed, and nothing of later days.
func TestKnownAtADay(t *testing.T) {
	d := &Data{Customer: []int64{1, 2, 3, 4}, Origin: []int{0, 40, 60, 90}, Kind: make([]int, 4), Kinds: []string{""}, Until: []int{80, 120, 160, 190},
		Next: []float64{70, 110, math.NaN(), 95}, X: propensity.Table{{Name: "recency", Numbers: []float64{1, 2, 3, 4}}}}
	rows, until, y := d.known(100)
	if len(rows) != 2 || until[0] != 80 || until[1] != 100 || y[0] != 0 || y[1] != 1 {
		t.Errorf("rows %v, until %v, outcomes %v", rows, until, y)
	}
}

// Tests are learned from earlier origins only: changing what came after the last
// test changes nothing but its outcomes.
func TestBacktestLooksBack(t *testing.T) {
	d, features := shop(6)
	a, err := Run(d, features, []int{300, 400}, 600)
	if err != nil {
		t.Fatal(err)
	}
	later, _ := shop(6)
	for i, o := range later.Origin {
		if o >= 400 {
			later.Next[i] = math.NaN()
		}
	}
	b, err := Run(later, features, []int{300, 400}, 600)
	if err != nil {
		t.Fatal(err)
	}
	for k := range a.Tests {
		for _, kind := range Kinds() {
			for i, p := range a.Tests[k].P[kind] {
				if b.Tests[k].P[kind][i] != p {
					t.Fatalf("test %d, %s: row %d depends on what came later", k, kind, i)
				}
			}
		}
	}
}
