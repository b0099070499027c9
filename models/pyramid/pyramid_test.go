package pyramid

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTiersAreCumulative(t *testing.T) {
	// 100 customers worth 100, 99, … 1 and two without a purchase.
	keys, values := make([]float64, 102), make([]float64, 102)
	for i := range 100 {
		keys[i], values[i] = float64(i), float64(100-i)
	}
	keys[100], keys[101] = 200, 201
	m, err := Fit(keys, values, Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, p := range m.Places {
		count[p.Tier]++
	}
	want := map[string]int{"top": 1, "major": 4, "ordinary": 15, "small": 80, Inactive: 2}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
	if m.Active != 100 || m.Total != 5050 {
		t.Errorf("active %d total %v", m.Active, m.Total)
	}
	// Σ i·x(i) = Σ i² = 338350, so G = 2·338350/(100·5050) − 101/100.
	if want := 2*338350.0/(100*5050) - 1.01; math.Abs(m.Gini-want) > 1e-12 {
		t.Errorf("Gini %v, want %v", m.Gini, want)
	}
	if last := m.Curve[len(m.Curve)-1]; last.Customers != 100 || last.ShareOfValue != 1 {
		t.Errorf("the curve ends at %+v", last)
	}
}

func TestTiesAreBrokenByKey(t *testing.T) {
	m, err := Fit([]float64{3, 1, 2}, []float64{5, 5, 5}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ranks := []int{m.Places[0].Rank, m.Places[1].Rank, m.Places[2].Rank}
	if diff := cmp.Diff([]int{3, 1, 2}, ranks); diff != "" {
		t.Error(diff)
	}
	if m.Gini > 1e-12 {
		t.Errorf("Gini of equals is %v", m.Gini)
	}
}

func TestNegativeAndEmpty(t *testing.T) {
	m, err := Fit([]float64{1, 2}, []float64{-4, 10}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Active != 1 || m.Places[0].Tier != Inactive || m.Places[1].Tier != "top" || m.Places[1].Share != 1 {
		t.Errorf("%+v", m)
	}
	m, err = Fit(nil, nil, Options{})
	if err != nil || m.Active != 0 || !math.IsNaN(m.Gini) || len(m.Curve) != 0 {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := Fit([]float64{1}, nil, Options{}); err == nil {
		t.Error("different lengths were accepted")
	}
	if _, err := Fit(nil, nil, Options{CutOffs: []float64{0.5, 0.1, 0.2, 1}}); err == nil {
		t.Error("descending cut-offs were accepted")
	}
}
