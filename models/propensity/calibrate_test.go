package propensity

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"verso/models/metric"
)

// crooked draws outcomes whose log-odds are 1 + 2·logit(p).
func crooked(n int, seed uint64) (y, p, w []float64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	for range n {
		q := math.Round(200*rng.Float64()) / 200
		v := 0.0
		if rng.Float64() < sigmoid(1+2*logit(q)) {
			v = 1
		}
		y, p, w = append(y, v), append(p, q), append(w, float64(rng.IntN(3)))
	}
	return y, p, w
}

func TestPlatt(t *testing.T) {
	y, p, _ := crooked(20000, 1)
	c, err := FitPlatt(y, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "slope", c.Slope, 2, .1)
	near(t, "intercept", c.Intercept, 1, .1)
	f, err := metric.NewForecast(y, c.Apply(p), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := f.ECE(10); err != nil || e > .01 {
		t.Errorf("ECE %v %v", e, err)
	}
	wrong := make([]float64, len(y))
	for i := range y {
		wrong[i] = 1 - y[i]
	}
	if c, err := FitPlatt(wrong, p, nil); err != nil || c.Reason == "" {
		t.Error(c, err)
	}
	if _, err := FitPlatt([]float64{1, 0, 1}, []float64{.5, .5, .5}, nil); !errors.Is(err, ErrOneOutcome) {
		t.Error(err)
	}
	// Scores that separate: Platt's targets keep the curve finite.
	if c, err := FitPlatt([]float64{0, 0, 1, 1}, []float64{.1, .2, .8, .9}, nil); err != nil || !(c.Slope > 0) || c.Slope > 100 {
		t.Error(c, err)
	}
}

// TestIsotonic compares with the min-max formula of isotonic regression: the
// value at x is the largest over a ≤ x of the smallest over b ≥ x of the mean
// of the outcomes from a to b.
func TestIsotonic(t *testing.T) {
	y, p, w := crooked(60, 2)
	for i := range w {
		w[i]++
	}
	c, err := FitIsotonic(y, p, w)
	if err != nil {
		t.Fatal(err)
	}
	var total float64
	for _, v := range w {
		total += v
	}
	for i, got := range c.Apply(p) {
		best := math.Inf(-1)
		for _, a := range p {
			if a > p[i] {
				continue
			}
			least := math.Inf(1)
			for _, b := range p {
				if b < p[i] {
					continue
				}
				var ones, all float64
				for k := range p {
					if p[k] >= a && p[k] <= b {
						ones, all = ones+w[k]*y[k], all+w[k]
					}
				}
				least = min(least, ones/all)
			}
			best = max(best, least)
		}
		near(t, "isotonic", got, min(max(best, .5/total), 1-.5/total), 1e-12)
	}
	if v := c.Apply([]float64{0, 1}); v[0] <= 0 || v[1] >= 1 {
		t.Errorf("certain: %v", v)
	}
}

func TestShift(t *testing.T) {
	shift, err := PriorShift(.2, .4)
	if err != nil {
		t.Fatal(err)
	}
	c := &Calibration{Shift: shift}
	near(t, "base rate", c.Apply([]float64{.2})[0], .4, 1e-12)
	_, p, _ := crooked(500, 3)
	if c.Shift, err = RateShift(p, nil, .37); err != nil {
		t.Fatal(err)
	}
	var mean float64
	for _, v := range c.Apply(p) {
		mean += v / float64(len(p))
	}
	near(t, "mean", mean, .37, 1e-9)
	for _, bad := range []float64{0, 1, math.NaN()} {
		if _, err := PriorShift(.5, bad); !errors.Is(err, ErrValue) {
			t.Error(err)
		}
		if _, err := RateShift(p, nil, bad); !errors.Is(err, ErrValue) {
			t.Error(err)
		}
	}
	if got := (*Calibration)(nil).Apply([]float64{.3}); got[0] != .3 {
		t.Error(got)
	}
}
