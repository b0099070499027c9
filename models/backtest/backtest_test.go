package backtest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"verso/models/propensity"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// made is n customers at each of the origins, with a known law, and its
// probabilities. The event is as rare as shift makes it.
func made(n, origins int, shift float64, seed uint64) (s Sample, truth []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	a, b := []float64{}, []float64{}
	var g []string
	for o := range origins {
		for i := range n {
			x, z, l := rng.NormFloat64(), rng.NormFloat64(), rng.IntN(3)
			p := sigmoid(1.2*x + float64(l) - 1 + shift)
			y := 0.0
			if rng.Float64() < p {
				y = 1
			}
			a, b, g = append(a, x), append(b, z), append(g, []string{"library", "shop", "reader"}[l])
			truth = append(truth, p)
			s.Y = append(s.Y, y)
			s.Customer = append(s.Customer, fmt.Sprintf("c%05d", i))
			s.Origin = append(s.Origin, 100+30*o)
		}
	}
	s.X = propensity.Table{{Name: "a", Numbers: a}, {Name: "b", Numbers: b}, {Name: "g", Levels: g}}
	s.Segment = g
	return s, truth
}

func fit(train Sample, _ Fold) (Scorer, error) {
	return propensity.FitLogistic(train.Sample, propensity.LogisticOptions{})
}

func TestRolling(t *testing.T) {
	s, _ := made(5, 5, 0, 1)
	folds, err := Rolling(s.Origin, RollingOptions{Gap: 60, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Origins 100, 130, 160, 190, 220: 190 may learn from 100 and 130, 220 also from 160.
	if len(folds) != 2 || folds[0].Name != "1970-07-10" || len(folds[0].Train) != 10 || len(folds[1].Train) != 15 || len(folds[1].Test) != 5 {
		t.Errorf("%+v", folds)
	}
	for _, f := range folds {
		for _, i := range f.Train {
			if s.Origin[i]+60 > f.Origin {
				t.Errorf("fold %s learns from row %d, whose outcome was not known", f.Name, i)
			}
		}
	}
	if _, err := Rolling(s.Origin, RollingOptions{Gap: 1000}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if before, last := Last(s.Origin, 60); len(before) != 15 || len(last) != 5 {
		t.Error(before, last)
	}
	if before, _ := Last(s.Origin[:5], 60); before != nil {
		t.Error(before)
	}
}

// TestSeeded: folds part customers, not rows, with equal shares of the outcome,
// and do not depend on the order of rows.
func TestSeeded(t *testing.T) {
	s, _ := made(400, 3, -2, 2)
	folds, err := Seeded(s.Y, s.Customer, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, f := range folds {
		if len(f.Test) != 240 || len(f.Train) != 960 {
			t.Errorf("%s: %d tested, %d learned", f.Name, len(f.Test), len(f.Train))
		}
		for _, i := range f.Test {
			if was, ok := of[s.Customer[i]]; ok && was != f.Name {
				t.Fatalf("customer %s is in folds %s and %s", s.Customer[i], was, f.Name)
			}
			of[s.Customer[i]] = f.Name
		}
	}
	perm := rand.New(rand.NewPCG(3, 3)).Perm(len(s.Y))
	moved := s.Take(perm)
	again, err := Seeded(moved.Y, moved.Customer, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range again {
		for _, i := range f.Test {
			if of[moved.Customer[i]] != f.Name {
				t.Fatal("another order of rows gives other folds")
			}
		}
	}
	if _, err := Seeded([]float64{1}, nil, 5, 0); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

func TestGivenAndBlocks(t *testing.T) {
	folds, err := Given([]string{"10", "2", "10", "2"})
	if err != nil || folds[0].Name != "2" || !reflect.DeepEqual(folds[0].Train, []int{0, 2}) {
		t.Error(folds, err)
	}
	if _, err := Given([]string{"a", "a"}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if got := Blocks([]int{5, 1, 2, 3, 4, 6}, 3); !reflect.DeepEqual(got, []int{5, 1, 1, 3, 3, 5}) {
		t.Error(got)
	}
}

// TestJudge: the true probabilities are calibrated, and a grade tells them from
// the base rate; the intervals hold them.
func TestJudge(t *testing.T) {
	s, truth := made(800, 4, -1, 3)
	folds, err := Rolling(s.Origin, RollingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := CrossFit(s, folds, fit)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Y) != 2400 || p.Fold[0] != "1970-05-11" {
		t.Fatalf("%d predictions, the first of %s", len(p.Y), p.Fold[0])
	}
	r, err := Judge(p, Options{Draws: 200})
	if err != nil {
		t.Fatal(err)
	}
	best, err := Judge(p.With(propensity.Take(truth, p.Row)), Options{Draws: 200})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "AUC", r.Pooled.AUC.Value, best.Pooled.AUC.Value, .01)
	if m := best.Pooled; m.ECE.Value > .03 || m.AUC.Low > m.AUC.Value || m.AUC.High < m.AUC.Value || m.AUC.Draws != 200 || m.Customers != 800 {
		t.Errorf("%+v", m)
	}
	if len(r.Folds) != 3 || len(r.Segments) != 3 || len(r.Pooled.Gain) != 10 || r.Mean == nil || r.Mean.AUC.SE <= 0 || len(r.Pooled.Figures()) != 8 {
		t.Errorf("%+v", r)
	}
	parts := r.Pooled.BrierParts
	near(t, "parts of the Brier score", parts.Reliability-parts.Resolution+parts.Uncertainty+parts.Within, r.Pooled.Brier.Value, 1e-9)
	base, err := BaseRates(s, folds)
	if err != nil {
		t.Fatal(err)
	}
	name := Words{"the base rate", "基准率"}
	for _, c := range []struct {
		model, baseline *Predictions
		want            string
	}{{p, base, Strong}, {base, p, Harmful}, {base, base, None}} {
		g, err := Against(c.model, c.baseline, name, Options{Draws: 100})
		if err != nil || g.Level != c.want || g.Words.EN == "" || g.Words.ZH == "" {
			t.Errorf("%s: %+v %v", c.want, g, err)
		}
	}
	again, err := Judge(p, Options{Draws: 200})
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Error("the same seed gives another report", err)
	}
}

// TestJudgeWeights: a weight of two is a row twice.
func TestJudgeWeights(t *testing.T) {
	y, q := []float64{0, 1, 0, 1, 1}, []float64{.2, .7, .6, .4, .9}
	w := []float64{2, 1, 1, 2, 1}
	a, err := Judge(&Predictions{Y: y, P: q, W: w}, Options{Draws: 10})
	if err != nil {
		t.Fatal(err)
	}
	rows := []int{0, 0, 1, 2, 3, 3, 4}
	b, err := Judge(&Predictions{Y: propensity.Take(y, rows), P: propensity.Take(q, rows)}, Options{Draws: 10})
	if err != nil {
		t.Fatal(err)
	}
	for k, f := range a.Pooled.Figures() {
		near(t, f.Name, f.Value, b.Pooled.Figures()[k].Value, 1e-12)
	}
}

func TestJudgeOneOutcome(t *testing.T) {
	p := &Predictions{Y: []float64{1, 1, 0, 1}, P: []float64{.5, .5, .2, .9}, Fold: []string{"a", "a", "b", "b"}}
	r, err := Judge(p, Options{Draws: 20})
	if err != nil {
		t.Fatal(err)
	}
	if r.Folds[0].Reason.EN == "" || r.Folds[0].Figures() != nil || len(r.Notes) != 1 || r.Mean.AUC.Value != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := Judge(&Predictions{Y: []float64{1}, P: []float64{2}}, Options{}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	g, err := Against(p, p, Words{"x", "x"}, Options{})
	if err != nil || g.Level != Ungraded {
		t.Error(g, err)
	}
}

// TestExamine: what is wrong with columns and outcomes is found, what is not is
// left alone.
func TestExamine(t *testing.T) {
	s, _ := made(1000, 1, -1, 4)
	rng := rand.New(rand.NewPCG(5, 5))
	n := len(s.Y)
	number := func(name string, f func(i int) float64) {
		c := propensity.Column{Name: name}
		for i := range n {
			c.Numbers = append(c.Numbers, f(i))
		}
		s.X = append(s.X, c)
	}
	text := func(name string, f func(i int) string) {
		c := propensity.Column{Name: name}
		for i := range n {
			c.Levels = append(c.Levels, f(i))
		}
		s.X = append(s.X, c)
	}
	number("flat", func(int) float64 { return 3 })
	number("empty", func(int) float64 { return math.NaN() })
	number("target", func(i int) float64 { return s.Y[i] })
	number("amount lost", func(i int) float64 { return s.Y[i] * (1 + rng.Float64()) })
	number("missing unless lost", func(i int) float64 {
		if s.Y[i] == 1 {
			return rng.NormFloat64()
		}
		return math.NaN()
	})
	number("nearly", func(i int) float64 {
		if rng.Float64() < .02 {
			return 1 - s.Y[i]
		}
		return s.Y[i]
	})
	number("telling", func(i int) float64 {
		if rng.Float64() < .06 {
			return 1 - s.Y[i]
		}
		return s.Y[i]
	})
	number("counter", func(i int) float64 { return float64(i) })
	text("status", func(i int) string { return []string{"open", "closed"}[int(s.Y[i])] })
	text("code", func(i int) string { return fmt.Sprint("x", i) })
	text("wide", func(int) string { return fmt.Sprint(rng.IntN(300)) })
	r, err := Examine(s)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": Fine, "b": Fine, "g": Fine, "flat": Constant, "empty": Empty, "target": Leak, "amount lost": Leak, "missing unless lost": Leak,
		"nearly": Leak, "telling": Suspect, "counter": Identifier, "status": Leak, "code": Identifier, "wide": Fine}
	for _, f := range r.Features {
		if f.State != want[f.Name] {
			t.Errorf("%s is %s (AUC %.3f, skill %.3f), want %s", f.Name, f.State, f.AUC, f.Skill, want[f.Name])
		}
	}
	if r.Verdict != Unfit || !strings.Contains(r.Words.EN, "leakage") || r.Strongest()[0].AUC < .99 {
		t.Errorf("%s: %s", r.Verdict, r.Words.EN)
	}
	kept, left := r.Use(s)
	if len(kept.X) != 5 || len(left) != 9 {
		t.Error(left)
	}
	// Noise is never a leak, also with many levels and few rows.
	for seed := range uint64(20) {
		s, _ := made(60, 1, 0, seed)
		s.X = append(s.X, propensity.Column{Name: "wide"})
		for range s.Y {
			s.X[3].Levels = append(s.X[3].Levels, fmt.Sprint(rng.IntN(30)))
		}
		r, err := Examine(s)
		if err != nil || r.Verdict == Unfit {
			t.Errorf("seed %d: %+v %v", seed, r, err)
		}
	}
}

func TestExamineOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		edit    func(s *Sample)
		verdict string
		says    string
	}{
		{"none", func(s *Sample) { clear(s.Y) }, Unfit, "none of the 200 rows"},
		{"all", func(s *Sample) {
			for i := range s.Y {
				s.Y[i] = 1
			}
		}, Unfit, "all 200 rows"},
		{"ten rows", func(s *Sample) { *s = s.Take([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) }, Unfit, "rarer outcome"},
		{"no feature", func(s *Sample) { s.X = propensity.Table{{Name: "x", Numbers: make([]float64, 200)}} }, Unfit, "no column"},
		{"few", func(*Sample) {}, Caution, "rough"},
	} {
		s, _ := made(100, 2, 0, 6)
		c.edit(&s)
		r, err := Examine(s)
		if err != nil || r.Verdict != c.verdict || !strings.Contains(r.Words.EN, c.says) {
			t.Errorf("%s: %s %q %v", c.name, r.Verdict, r.Words.EN, err)
		}
	}
	s, _ := made(100, 2, 0, 6)
	s.Y[3] = 2
	if _, err := Examine(s); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
