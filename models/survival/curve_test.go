package survival

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestKaplanMeierByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 10 {
		s, _ := world(rng, 60, []float64{0}, 0.25, trial%2 == 1)
		c, err := KaplanMeier(s, CurveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		surv, green, hazard, aalen := 1.0, 0.0, 0.0, 0.0
		for _, step := range c.Steps {
			var n, d float64
			for i, u := range s.Time {
				if u >= step.Time && (s.Entry == nil || s.Entry[i] < step.Time) {
					n++
					if u == step.Time && s.Event[i] {
						d++
					}
				}
			}
			surv *= 1 - d/n
			green += d / (n * (n - d))
			hazard += d / n
			aalen += d / (n * n)
			if step.AtRisk != n || step.Events != d {
				t.Fatalf("at %v: %v at risk, %v events, want %v, %v", step.Time, step.AtRisk, step.Events, n, d)
			}
			if row := c.RiskTable([]float64{step.Time - 0.01})[0]; s.Entry == nil && row.AtRisk != n {
				t.Errorf("table: %v at risk, want %v", row.AtRisk, n)
			}
			near(t, "S", step.Survival, surv, 1e-12)
			near(t, "H", step.CumHazard, hazard, 1e-12)
			near(t, "SE of H", step.CumHazardSE, math.Sqrt(aalen), 1e-12)
			if surv > 0 {
				near(t, "SE", step.SE, surv*math.Sqrt(green), 1e-12)
			}
		}
	}
}

func TestRiskTableCountsEntries(t *testing.T) {
	s := Sample{Time: []float64{5, 8, 9}, Event: []bool{true, false, true}, Entry: []float64{0, 6, 2}}
	c, err := KaplanMeier(s, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []RiskRow{{0, 0, 0, 0}, {2, 1, 0, 0}, {3, 2, 0, 0}, {5, 2, 1, 0}, {6, 1, 1, 0}, {7, 2, 1, 0}, {9, 1, 2, 1}, {10, 0, 2, 1}}
	if diff := cmp.Diff(want, c.RiskTable([]float64{0, 2, 3, 5, 6, 7, 9, 10})); diff != "" {
		t.Error(diff)
	}
}

func TestCurveWeightsAndOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	s, _ := world(rng, 80, []float64{0}, 0.25, true)
	var long Sample
	for i := range s.Time {
		w := rng.IntN(3)
		s.Weight = append(s.Weight, float64(w))
		for range w {
			long.Time, long.Event, long.Entry = append(long.Time, s.Time[i]), append(long.Event, s.Event[i]), append(long.Entry, s.Entry[i])
		}
	}
	a, err := KaplanMeier(s, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := KaplanMeier(long, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.Steps, b.Steps, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Error(diff)
	}
	var mixed Sample
	for _, i := range rng.Perm(long.Len()) {
		mixed.Time, mixed.Event, mixed.Entry = append(mixed.Time, long.Time[i]), append(mixed.Event, long.Event[i]), append(mixed.Entry, long.Entry[i])
	}
	c, err := KaplanMeier(mixed, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.Steps, c.Steps); diff != "" {
		t.Errorf("the order of rows changes the curve: %s", diff)
	}
}

func TestIntervalsCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	for _, kind := range []Interval{LogLog, Log, Plain} {
		var point, median, mean, hazard float64
		const runs = 600
		for range runs {
			var s Sample
			for range 100 {
				e, c := rng.ExpFloat64(), 4*rng.Float64()
				s.Time, s.Event = append(s.Time, min(e, c)), append(s.Event, e < c)
			}
			c, err := KaplanMeier(s, CurveOptions{Interval: kind})
			if err != nil {
				t.Fatal(err)
			}
			hit := func(count *float64, lower, truth, upper float64) {
				if lower <= truth && truth <= upper {
					*count += 1. / runs
				}
			}
			p, _ := c.At(1)
			hit(&point, p.Lower, math.Exp(-1), p.Upper)
			lo, hi := c.HazardInterval(p)
			hit(&hazard, lo, 1, hi)
			q := c.Median()
			hit(&median, q.Lower, math.Ln2, q.Upper)
			m, err := c.RestrictedMean(1.5)
			if err != nil {
				t.Fatal(err)
			}
			hit(&mean, m.Lower, 1-math.Exp(-1.5), m.Upper)
		}
		for name, share := range map[string]float64{"survival": point, "median": median, "mean": mean, "hazard": hazard} {
			if share < 0.92 || share > 0.98 {
				t.Errorf("interval %d: the 95 %% interval of the %s covers %.3f", kind, name, share)
			}
		}
	}
}

func TestRestrictedMeanIsTheArea(t *testing.T) {
	s, _ := world(rand.New(rand.NewPCG(4, 2)), 50, []float64{0}, 0.25, false)
	c, err := KaplanMeier(s, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	area := 0.0
	const width = 1e-4
	for u := width / 2; u < 1.1; u += width {
		p, _ := c.At(u)
		area += p.Survival * width
	}
	m, err := c.RestrictedMean(1.1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "area", m.Value, area, 1e-4)
	if _, err := c.RestrictedMean(c.Last() + 1); !errors.Is(err, ErrValue) {
		t.Errorf("a horizon beyond the data: %v", err)
	}
}

func TestQuantiles(t *testing.T) {
	all := func(n int) []bool {
		e := make([]bool, n)
		for i := range e {
			e[i] = true
		}
		return e
	}
	c, err := KaplanMeier(Sample{Time: []float64{1, 2, 3, 4}, Event: all(4)}, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if q := c.Median(); q.Time != 2.5 || !q.HasTime { // level at one half from 2 to 3
		t.Errorf("%+v", q)
	}
	if q, _ := c.Quantile(0.3); q.Time != 2 {
		t.Errorf("%+v", q)
	}
	if q, _ := c.Quantile(0.9); q.Time != 4 || q.HasUpper {
		t.Errorf("%+v", q)
	}
	if _, err := c.Quantile(1); !errors.Is(err, ErrValue) {
		t.Errorf("quantile of 1: %v", err)
	}
}

func TestCurvesOfLittleData(t *testing.T) {
	for name, c := range map[string]struct {
		s      Sample
		reason string
		err    error
	}{
		"one":        {Sample{Time: []float64{3}, Event: []bool{true}}, "", nil},
		"no event":   {Sample{Time: []float64{3, 4}, Event: []bool{false, false}}, "no event", nil},
		"at zero":    {Sample{Time: []float64{0, 0}, Event: []bool{true, false}}, "", nil},
		"runs dry":   {Sample{Time: []float64{2, 6}, Event: []bool{true, true}, Entry: []float64{0, 3}}, "entered later", nil},
		"empty":      {Sample{}, "", ErrEmpty},
		"no weight":  {Sample{Time: []float64{1}, Event: []bool{true}, Weight: []float64{0}}, "", ErrEmpty},
		"bad weight": {Sample{Time: []float64{1}, Event: []bool{true}, Weight: []float64{math.NaN()}}, "", ErrValue},
		"bad time":   {Sample{Time: []float64{-1}, Event: []bool{true}}, "", ErrValue},
		"infinite":   {Sample{Time: []float64{math.Inf(1)}, Event: []bool{true}}, "", ErrValue},
		"shape":      {Sample{Time: []float64{1}}, "", ErrShape},
	} {
		curve, err := KaplanMeier(c.s, CurveOptions{})
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
		if err != nil {
			continue
		}
		if c.reason == "" && curve.Reason != "" || !strings.Contains(curve.Reason, c.reason) {
			t.Errorf("%s: reason %q", name, curve.Reason)
		}
		for _, s := range curve.Steps {
			for _, v := range []float64{s.Survival, s.SE, s.Lower, s.Upper, s.CumHazard, s.CumHazardSE} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %+v", name, s)
				}
			}
		}
		if _, err := curve.RestrictedMean(0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLogRankProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 2))
	rejected := 0
	const runs = 400
	for range runs {
		s, _ := world(rng, 90, []float64{0}, 0.2, true)
		group, strata := make([]int, 90), make([]int, 90)
		for i := range group {
			group[i], strata[i] = 5*rng.IntN(3), rng.IntN(2)
		}
		test, err := LogRank(s, group, strata)
		if err != nil {
			t.Fatal(err)
		}
		var observed, expected float64
		for _, g := range test.Groups {
			observed, expected = observed+g.Observed, expected+g.Expected
		}
		near(t, "observed = expected", observed, expected, 1e-9)
		if test.P < 0.05 {
			rejected++
		}
	}
	// Equal curves: 5 % rejected, standard error .011.
	if share := float64(rejected) / runs; share < 0.015 || share > 0.09 {
		t.Errorf("%.3f rejected", share)
	}
}

func TestLogRankWithoutComparison(t *testing.T) {
	s := Sample{Time: []float64{1, 2, 3, 4}, Event: []bool{true, true, true, false}}
	for name, group := range map[string][]int{"one group": {1, 1, 1, 1}} {
		test, err := LogRank(s, group, nil)
		if err != nil || test.Reason == "" || test.P != 1 {
			t.Errorf("%s: %+v %v", name, test, err)
		}
	}
	// Two groups that are never at risk together.
	s.Entry = []float64{0, 0, 2, 2}
	test, err := LogRank(s, []int{1, 1, 2, 2}, nil)
	if err != nil || test.Reason == "" || test.P != 1 {
		t.Errorf("%+v %v", test, err)
	}
	if _, err := LogRank(s, []int{1}, nil); !errors.Is(err, ErrShape) {
		t.Errorf("groups of another length: %v", err)
	}
}

func BenchmarkKaplanMeier1M(b *testing.B) {
	rng := rand.New(rand.NewPCG(6, 2))
	for name, grid := range map[string]float64{"continuous": 0, "days": 1. / 365} {
		s, _ := world(rng, 1_000_000, []float64{0}, grid, false)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := KaplanMeier(s, CurveOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
