package metric

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
)

// TestDeLong compares with the definition: the covariance of the structural
// components over all pairs of rows.
func TestDeLong(t *testing.T) {
	y, a, _ := sample(200, 5)
	_, b, _ := sample(200, 6)
	for i := range b {
		b[i] = (a[i] + b[i]) / 2
	}
	psi := func(s []float64, i, j int) float64 {
		switch {
		case s[i] > s[j]:
			return 1
		case s[i] == s[j]:
			return .5
		}
		return 0
	}
	var v10, v01 []float64
	var m10, m01 float64
	for i := range y {
		var d, n float64
		for j := range y {
			if y[j] != y[i] {
				n++
				if y[i] == 1 {
					d += psi(a, i, j) - psi(b, i, j)
				} else {
					d += psi(a, j, i) - psi(b, j, i)
				}
			}
		}
		if y[i] == 1 {
			v10, m10 = append(v10, d/n), m10+d/n
		} else {
			v01, m01 = append(v01, d/n), m01+d/n
		}
	}
	m10, m01 = m10/float64(len(v10)), m01/float64(len(v01))
	var s10, s01 float64
	for _, v := range v10 {
		s10 += (v - m10) * (v - m10) / float64(len(v10)-1)
	}
	for _, v := range v01 {
		s01 += (v - m01) * (v - m01) / float64(len(v01)-1)
	}
	d, err := DeLong(y, a, b)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", d.Diff, m10, 1e-12)
	near(t, "SE", d.SE, math.Sqrt(s10/float64(len(v10))+s01/float64(len(v01))), 1e-12)
	near(t, "P", d.P, 2*(1-.5*math.Erfc(-math.Abs(d.Z)/math.Sqrt2)), 1e-9)
	same, err := DeLong(y, a, a)
	if err != nil || same.P != 1 || same.Reason == "" {
		t.Errorf("a score against itself: %+v, %v", same, err)
	}
	if _, err := DeLong([]float64{1, 0, 0}, a[:3], b[:3]); !errors.Is(err, ErrOneClass) {
		t.Error(err)
	}
}

// TestDeLongLevel: scores of equal worth are called different 5 % of the time.
func TestDeLongLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const runs = 1000
	alarms := 0
	for range runs {
		y, a, b := make([]float64, 150), make([]float64, 150), make([]float64, 150)
		for i := range y {
			y[i] = float64(i % 2)
			a[i], b[i] = y[i]+rng.NormFloat64(), y[i]+rng.NormFloat64()
		}
		d, err := DeLong(y, a, b)
		if err != nil {
			t.Fatal(err)
		}
		if d.P < .05 {
			alarms++
		}
	}
	near(t, "false alarms", float64(alarms)/runs, .05, 3*math.Sqrt(.05*.95/runs))
}

// TestBootstrapMean: the spread of a mean over customers with several rows is
// that between customers, not between rows.
func TestBootstrapMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const customers, rows = 200, 5
	var who []int
	var x []float64
	var sq float64
	for c := range customers {
		level := rng.NormFloat64()
		for range rows {
			who, x = append(who, c), append(x, level)
		}
		sq += level * level
	}
	mean := func(w []float64) (float64, error) {
		var s, n float64
		for i, v := range x {
			k := 1.0
			if w != nil {
				k = w[i]
			}
			s, n = s+k*v, n+k
		}
		return s / n, nil
	}
	got, err := Bootstrap(who, BootstrapOptions{Draws: 4000, Seed: 3}, mean)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := mean(nil)
	want := math.Sqrt((sq/customers - m*m) / customers)
	near(t, "SE", got.SE, want, .05*want)
	near(t, "width", got.High-got.Low, 2*1.96*want, .06*want*4)
	before := runtime.GOMAXPROCS(1)
	again, err := Bootstrap(who, BootstrapOptions{Draws: 4000, Seed: 3}, mean)
	runtime.GOMAXPROCS(before)
	if err != nil || !reflect.DeepEqual(got, again) {
		t.Errorf("one core gives %+v, several %+v, %v", again, got, err)
	}
	fails := errors.New("no")
	if _, err := Bootstrap(who, BootstrapOptions{}, func(w []float64) (float64, error) {
		if w == nil {
			return 0, nil
		}
		return 0, fails
	}); !errors.Is(err, ErrFewDraws) {
		t.Error(err)
	}
	if _, err := Bootstrap([]int{}, BootstrapOptions{}, mean); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// TestPSI: two bins of one half against one of three quarters:
// (¼)·ln(1.5) + (−¼)·ln(.5) = .27465.
func TestPSI(t *testing.T) {
	s, err := PSI([]float64{1, 2, 3, 4}, []float64{1, 1, 2, 4}, 2)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "PSI", s.PSI, .25*math.Log(1.5)-.25*math.Log(.5), 1e-12)
	if s.Reading != "shifted" || len(s.Bins) != 2 {
		t.Errorf("%+v", s)
	}
	y, p, _ := sample(500, 8)
	same, err := PSI(p, p, 10)
	if err != nil || same.PSI != 0 || same.Reading != "stable" {
		t.Errorf("%+v %v", same, err)
	}
	missing, err := PSI(p, append([]float64{math.NaN()}, p...), 10)
	if err != nil || !missing.Bins[len(missing.Bins)-1].Missing || math.IsNaN(missing.PSI) || missing.PSI <= 0 {
		t.Errorf("%+v %v", missing, err)
	}
	if _, err := PSI(nil, y, 10); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := PSI(y, y, 1); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if flat, err := PSI([]float64{3, 3, 3}, []float64{3, 4}, 10); err != nil || flat.Reading != "shifted" {
		t.Errorf("%+v %v", flat, err)
	}
}
