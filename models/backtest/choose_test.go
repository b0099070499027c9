package backtest

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"verso/models/propensity"
)

// TestChoose: on a linear law the logistic regression is chosen, on one of
// products the trees; cores do not change the choice, and it can be fitted.
func TestChoose(t *testing.T) {
	linear, _ := made(300, 4, 0, 8)
	product := linear
	rng := rand.New(rand.NewPCG(9, 9))
	product.Y = make([]float64, len(linear.Y))
	for i := range product.Y {
		if rng.Float64() < sigmoid(3*linear.X[0].Numbers[i]*linear.X[1].Numbers[i]) {
			product.Y[i] = 1
		}
	}
	for _, c := range []struct {
		s     Sample
		trees bool
	}{{linear, false}, {product, true}} {
		a, err := Choose(c.s, ChooseOptions{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if (a.Spec.Trees != nil) != c.trees {
			t.Errorf("chosen: %s", a.Words.EN)
		}
		if len(a.Folds) != 3 || !strings.HasPrefix(a.Folds[0], "1970-05") {
			t.Errorf("folds %v are not the origins", a.Folds)
		}
		b, err := Choose(c.s, ChooseOptions{Workers: 3})
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Error("three workers choose otherwise", err)
		}
		m, err := a.Fit(c.s.Sample)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := m.Score(c.s.X); err != nil || len(p) != len(c.s.Y) {
			t.Error(err)
		}
	}
}

// TestChooseNoise: without any law the predictions are no worse than the base
// rate by more than chance.
func TestChooseNoise(t *testing.T) {
	s, _ := made(400, 3, 0, 10)
	rng := rand.New(rand.NewPCG(10, 10))
	for i := range s.Y {
		s.Y[i] = float64(rng.IntN(2))
	}
	folds, err := Seeded(s.Y, s.Customer, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := CrossFit(s, folds, func(train Sample, _ Fold) (Scorer, error) {
		c, err := Choose(train, ChooseOptions{})
		if err != nil {
			return nil, err
		}
		return c.Fit(train.Sample)
	})
	if err != nil {
		t.Fatal(err)
	}
	if loss := logLoss(p); loss > math.Ln2+.01 {
		t.Errorf("log-loss %.4f on noise", loss)
	}
}

// TestBudget: with less work fewer customers are looked at, whole ones, and then
// fewer settings; the choice says so.
func TestBudget(t *testing.T) {
	s, _ := made(6000, 3, 0, 11)
	c, err := Choose(s, ChooseOptions{Budget: 7e6, Learner: Logistic})
	if err != nil {
		t.Fatal(err)
	}
	if c.Of != 18000 || c.Rows > 12000 || c.Rows < 8000 || c.Work > 7e6 {
		t.Errorf("%d of %d rows, work %.3g", c.Rows, c.Of, c.Work)
	}
	kept := map[string]int{}
	for _, i := range thin(s, 10000) {
		kept[s.Customer[i]]++
	}
	for name, n := range kept {
		if n != 3 {
			t.Fatalf("%d of the 3 rows of %s are kept", n, name)
		}
	}
	small, _ := made(300, 1, 0, 12)
	c, err = Choose(small, ChooseOptions{Budget: 1e5, Learner: Trees})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Trials); n != 5 || !strings.Contains(c.Trials[0].Reason, "budget") || c.Trials[4].Reason != "" || c.Trials[4].Name[:14] != "trees, depth 1" {
		t.Errorf("%d trials: %+v", n, c.Trials)
	}
	if _, err := Choose(small, ChooseOptions{Learner: "forest"}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// TestCalibration: scores that are too sure get a flatter curve; calibrated ones
// are left alone.
func TestCalibration(t *testing.T) {
	s, truth := made(1500, 1, 0, 13)
	folds, err := Seeded(s.Y, nil, 5, 0)
	if err != nil {
		t.Fatal(err)
	}
	tuned := &tuner{s: s, folds: folds}
	for _, factor := range []float64{1, 2} {
		v := &trial{}
		for _, f := range folds {
			p := propensity.Take(truth, f.Test)
			for i := range p {
				p[i] = sigmoid(factor * logit(p[i]))
			}
			v.scores = append(v.scores, p)
		}
		c, err := calibration(tuned, v)
		if err != nil || (c != nil) != (factor != 1) {
			t.Errorf("factor %v: %+v %v", factor, c, err)
		}
		if c != nil {
			near(t, "slope", c.Slope, .5, .06)
		}
	}
}

// TestChampion: the simpler stays within one standard error, and goes when the
// other is clearly better; one fold is judged by customers.
func TestChampion(t *testing.T) {
	s, truth := made(1000, 4, 0, 14)
	p := &Predictions{Y: s.Y, P: truth, Customer: s.Customer}
	for i := range s.Y {
		p.Fold = append(p.Fold, []string{"a", "b", "c", "d"}[s.Origin[i]/30%4])
	}
	rng := rand.New(rand.NewPCG(2, 2))
	near, far := make([]float64, len(truth)), make([]float64, len(truth))
	for i, v := range truth {
		near[i] = sigmoid(logit(v) + .02*rng.NormFloat64())
		far[i] = sigmoid(.5 * logit(v))
	}
	for _, folds := range []bool{true, false} {
		if !folds {
			p.Fold = nil
		}
		c, err := Champion([]Contender{{Words{"near", "近"}, p.With(near)}, {Words{"true", "真"}, p}}, Options{Draws: 100})
		if err != nil || c.Champion != 0 || c.Words.ZH == "" {
			t.Errorf("%+v %v", c, err)
		}
		c, err = Champion([]Contender{{Words{"far", "远"}, p.With(far)}, {Words{"true", "真"}, p}}, Options{Draws: 100})
		if err != nil || c.Champion != 1 || c.Best != 1 {
			t.Errorf("%+v %v", c, err)
		}
	}
	if _, err := Champion(nil, Options{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

var _ Scorer = (*propensity.Model)(nil)
