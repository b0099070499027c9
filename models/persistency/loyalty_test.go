package persistency

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMigrationKeepsCustomersAndValue(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 4))
	var in Tiers
	var from, to float64
	for range 500 {
		a, b := float64(rng.IntN(100)), float64(rng.IntN(100))
		in.From, in.To = append(in.From, rng.IntN(5)-1), append(in.To, rng.IntN(5)-1)
		in.FromValue, in.ToValue = append(in.FromValue, a), append(in.ToValue, b)
		from, to = from+a, to+b
	}
	m, err := Migrate(in, 4)
	if err != nil {
		t.Fatal(err)
	}
	var sum, moved, up Flow
	for i, row := range m.Cells {
		for k, cell := range row {
			sum.add(cell)
			if k < i && i < 4 {
				up.add(cell)
			}
		}
	}
	for _, f := range []Flow{m.Up, m.Down, m.Stay, m.Lost, m.New, m.Cells[4][4]} {
		moved.add(f)
	}
	if sum != (Flow{500, from, to}) || sum != moved || up != m.Up {
		t.Errorf("cells %+v, flows %+v", sum, moved)
	}
	if _, err := Migrate(Tiers{From: []int{4}, To: []int{0}}, 4); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := Migrate(Tiers{From: []int{1}}, 4); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := Migrate(Tiers{}, 0); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

func TestLoyaltyIndex(t *testing.T) {
	steady := []int{0, 100, 200, 300, 400, 500, 600, 700, 800, 900}
	h := buys(t, steady, []int{0, 5, 600}, []int{500}, []int{895}, nil)
	l, err := LoyaltyIndex(h, LoyaltyInput{AsOf: 900, Breadth: []float64{9, 2, 1, 1, 4}})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, w := range l.Weights {
		sum += w
	}
	near(t, "weights", sum, 1, 1e-12)
	if l.Weights[PAlive] != 0 {
		t.Error("a part that is not known has a weight")
	}
	near(t, "tenure : breadth", l.Weights[Tenure]/l.Weights[Breadth], 1.5, 1e-12)
	if l.Scores[4].Scored || l.Scores[4].Facts != nil {
		t.Errorf("a customer without purchases: %+v", l.Scores[4])
	}
	best := l.Scores[0]
	for c := 1; c < 4; c++ {
		s := l.Scores[c]
		if s.Index >= best.Index {
			t.Errorf("customer %d is more loyal than the steady one: %+v", c, s)
		}
		again := 0.0
		for p, w := range l.Weights {
			again += w * s.Percentile[p]
		}
		near(t, "index from its parts", s.Index, again, 1e-12)
	}
	near(t, "tenure of two first on the same day", best.Percentile[Tenure], 75, 0)
	near(t, "repeat", best.Value[Repeat], 9*365./900, 1e-12)
	near(t, "variation of even gaps", best.Value[Rhythm], 0, 0)
	if l.Scores[2].Known[Rhythm] || !best.Known[Rhythm] {
		t.Error("rhythm needs three purchases")
	}
	if len(best.Facts) != 2 || best.Facts[0].Points < best.Facts[1].Points || best.Facts[0].Part != Repeat {
		t.Errorf("%+v", best.Facts)
	}
	if w := best.Facts[0].Words(); w != "3.6 further purchases a year: better than 88 % of its type" {
		t.Error(w)
	}
}

func TestLoyaltyWithinType(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 4))
	p := random(rng, 200, 2000)
	types, alive := make([]int, 200), make([]float64, 200)
	for c := range types {
		types[c], alive[c] = c%3, rng.Float64()
	}
	h, err := NewHistory(p, 200)
	if err != nil {
		t.Fatal(err)
	}
	l, err := LoyaltyIndex(h, LoyaltyInput{AsOf: 15700, Types: types, PAlive: alive})
	if err != nil {
		t.Fatal(err)
	}
	var mean, n [3]float64
	for c, s := range l.Scores {
		if s.Index < 0 || s.Index > 100 {
			t.Errorf("index %v", s.Index)
		}
		if s.Scored {
			mean[types[c]] += s.Percentile[PAlive]
			n[types[c]]++
		}
	}
	for k := range mean {
		near(t, "mean percentile of a type", mean[k]/n[k], 50, 1e-9)
	}
	// Money does not matter, nor does the order of the lines.
	q := shuffled(rng, p)
	for i := range q.Amount {
		q.Amount[i] *= 100
	}
	h2, err := NewHistory(q, 200)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoyaltyIndex(h2, LoyaltyInput{AsOf: 15700, Types: types, PAlive: alive})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, again); diff != "" {
		t.Error(diff)
	}
}

func TestLoyaltyRefusesBadInput(t *testing.T) {
	h := buys(t, []int{1, 2}, []int{3})
	for name, c := range map[string]struct {
		in   LoyaltyInput
		want error
	}{
		"length":     {LoyaltyInput{PAlive: []float64{1}}, ErrShape},
		"types":      {LoyaltyInput{Types: []int{1}}, ErrShape},
		"no share":   {LoyaltyInput{PAlive: []float64{2, 0}}, ErrValue},
		"no number":  {LoyaltyInput{Breadth: slices.Repeat([]float64{math.NaN()}, 2)}, ErrValue},
		"not known":  {LoyaltyInput{Weights: Weights{PAlive: 1}}, ErrValue},
		"below zero": {LoyaltyInput{Weights: Weights{Tenure: -1, Repeat: 2}}, ErrValue},
	} {
		if _, err := LoyaltyIndex(h, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
