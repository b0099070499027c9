package control

import (
	"math"
	"testing"
)

func TestProportions(t *testing.T) {
	// Median .2; a month of 400 has a standard error of .02, one of 100 of .04. The
	// standardised shares are 0, 1, 0, -1, 0: their ranges have the median 1.
	l, ok := Proportions([]float64{80, 88, 20, 72, 80}, []float64{400, 400, 100, 400, 400}, 3, 5)
	if !ok || len(l) != 5 || l[0].Center != .2 {
		t.Fatalf("%+v %v", l, ok)
	}
	wide := 1 / .954
	if math.Abs(l[0].High-(.2+3*.02*wide)) > 1e-12 || math.Abs(l[2].Low-(.2-3*.04*wide)) > 1e-12 {
		t.Errorf("%+v", l)
	}
	// A steady process keeps the binomial's width, not less.
	l, _ = Proportions([]float64{50, 50, 50, 90}, []float64{100, 100, 100, 100}, 3, 4)
	if math.Abs(l[0].High-.65) > 1e-12 || !l[3].Out(.9) || l[0].Out(.5) {
		t.Errorf("%+v", l)
	}
	// Nothing and everything have no width; months without cases no limits.
	l, ok = Proportions([]float64{0, 0, 0}, []float64{10, 0, 10}, 3, 2)
	if !ok || l[0] != (Limits{0, 0, 0}) || !math.IsNaN(l[1].Center) {
		t.Errorf("%+v %v", l, ok)
	}
	if l, _ := Proportions([]float64{10, 10, 10}, []float64{10, 10, 10}, 3, 2); l[0] != (Limits{1, 1, 1}) {
		t.Errorf("%+v", l)
	}
	if _, ok := Proportions([]float64{1}, []float64{2}, 3, 2); ok {
		t.Error("limits of one month")
	}
	if _, ok := Proportions(nil, nil, 3, 1); ok {
		t.Error("limits of nothing")
	}
}
