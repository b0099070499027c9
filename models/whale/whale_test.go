package whale

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Five customers whose curve can be drawn by hand: 50, 90, 120, 120, 100.
func TestFitByHand(t *testing.T) {
	m, err := Fit([]float64{1, 2, 3, 4, 5}, []float64{30, -20, 50, 0, 40})
	if err != nil {
		t.Fatal(err)
	}
	if m.Total != 100 || m.Peak != 120 || m.Earning != 3 || m.Losing != 1 || m.Loss != -20 {
		t.Errorf("%+v", m)
	}
	if d := cmp.Diff([]int{3, 5, 1, 4, 2}, m.Rank); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{120, 100, 50, 120, 90}, m.Cumulated); d != "" {
		t.Error(d)
	}
	if s, ok := m.PeakShare(); !ok || s != 1.2 || m.PeakAt() != 0.6 {
		t.Errorf("peak %v at %v", s, m.PeakAt())
	}
	if p := m.Curve[60]; p.Customers != 3 || p.Profit != 120 {
		t.Errorf("at 60 %%: %+v", p)
	}
}

func TestDegenerateCurves(t *testing.T) {
	for name, c := range map[string]struct {
		profits []float64
		ok      bool
	}{"nobody": {nil, false}, "one": {[]float64{5}, true}, "all lose": {[]float64{-5, -5}, false}, "nothing": {[]float64{0, 0}, false}} {
		keys := make([]float64, len(c.profits))
		for i := range keys {
			keys[i] = float64(i)
		}
		m, err := Fit(keys, c.profits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, ok := m.PeakShare(); ok != c.ok {
			t.Errorf("%s: a peak share: %v", name, ok)
		}
		if p := m.PeakAt(); math.IsNaN(p) || m.Peak < 0 {
			t.Errorf("%s: peak %v at %v", name, m.Peak, p)
		}
	}
	if _, err := Fit([]float64{7}, []float64{math.NaN()}); err == nil {
		t.Error("a profit that is no number is taken")
	}
	if _, err := Fit([]float64{7}, nil); err == nil {
		t.Error("a key without a profit is taken")
	}
}

// Whatever the order of the rows, ranks and curve are the same.
func TestOrderOfRowsIsFree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	keys, profits := make([]float64, 500), make([]float64, 500)
	for i := range keys {
		keys[i], profits[i] = float64(i), math.Round(rng.NormFloat64()*3)
	}
	want, err := Fit(keys, profits)
	if err != nil {
		t.Fatal(err)
	}
	perm := rng.Perm(len(keys))
	k, p := make([]float64, 500), make([]float64, 500)
	for i, from := range perm {
		k[i], p[i] = keys[from], profits[from]
	}
	got, err := Fit(k, p)
	if err != nil {
		t.Fatal(err)
	}
	for i, from := range perm {
		if got.Rank[i] != want.Rank[from] {
			t.Fatalf("customer %v: rank %d, then %d", k[i], want.Rank[from], got.Rank[i])
		}
	}
	if d := cmp.Diff(want.Curve, got.Curve); d != "" {
		t.Error(d)
	}
}

func TestReasons(t *testing.T) {
	// Customer 2 has visits of 60 where its group has 20 % of sales: 40 above.
	gross := []float64{100, 100, 100, 50}
	group := []int{1, 1, 1, 2}
	costs := []Cost{{"visits", []float64{0, 0, 60, 5}}, {"returns", []float64{30, 0, 15, 10}}}
	want := [][2]Reason{{{1, 15}, {-1, 0}}, {{-1, 0}, {-1, 0}}, {{0, 40}, {-1, 0}}, {{-1, 0}, {-1, 0}}}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	if d := cmp.Diff(want, Reasons(gross, group, costs), near); d != "" {
		t.Error(d)
	}
}
