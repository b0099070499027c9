package propensity

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestTelcoLogistic: scikit-learn's LogisticRegression(C=1), one-hot and
// scaled, on the same folds: AUC .8454, log-loss .4174, Brier .1354.
func TestTelcoLogistic(t *testing.T) {
	s, fold := telco(t)
	q := crossValidate(t, s, fold, func(train Sample) (scorer, error) { return FitLogistic(train, LogisticOptions{}) })
	near(t, "AUC", q.auc, .8454, 2e-4)
	near(t, "log-loss", q.loss, .4174, 3e-4)
	near(t, "Brier", q.brier, .1354, 2e-4)
}

// TestMotorTrend: R's glm(am ~ wt, binomial, mtcars): intercept 12.040 (SE
// 4.510), wt −4.024 (1.436), null deviance 43.230, residual 19.176, AIC 23.176.
func TestMotorTrend(t *testing.T) {
	wt := []float64{2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070, 3.730, 3.780, 5.250, 5.424, 5.345,
		2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840, 3.845, 1.935, 2.140, 1.513, 3.170, 2.770, 3.570, 2.780}
	am := []float64{1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}
	m, err := FitLogistic(Sample{X: Table{{Name: "wt", Numbers: wt}}, Y: am}, LogisticOptions{NoPenalty: true})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "beta", m.Terms[0].Beta, -4.024, 5e-4)
	near(t, "SE", m.Terms[0].SE, 1.436, 1e-3) // R's is that of the step before the last
	near(t, "intercept", m.Intercept-m.Terms[0].Beta*m.Terms[0].Center, 12.040, 5e-4)
	near(t, "null deviance", -2*m.NullLogLik, 43.230, 1e-3)
	near(t, "deviance", -2*m.LogLik, 19.176, 1e-3)
	near(t, "AIC", m.AIC, 23.176, 1e-3)
	near(t, "odds of a standard deviation", m.Terms[0].Odds, math.Exp(m.Terms[0].Beta*m.Terms[0].Step), 1e-12)
	if !m.Converged || m.Reason != "" {
		t.Errorf("%+v", m)
	}
}

// TestPlantedCoefficients: over many samples maximum likelihood finds what was
// planted within 3 standard errors, and the intervals cover it 95 % of the time.
func TestPlantedCoefficients(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	const runs, n = 300, 400
	covered, mean := 0, [2]float64{}
	for range runs {
		x, y, g := make([]float64, n), make([]float64, n), make([]string, n)
		for i := range n {
			x[i], g[i] = 3+2*rng.NormFloat64(), "a"
			m := -.5 + .4*(x[i]-3)
			if rng.Float64() < .4 {
				g[i] = "b"
				m += .8
			}
			if rng.Float64() < sigmoid(m) {
				y[i] = 1
			}
		}
		m, err := FitLogistic(Sample{X: Table{{Name: "x", Numbers: x}, {Name: "g", Levels: g}}, Y: y}, LogisticOptions{NoPenalty: true})
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range []float64{.4, .8} {
			z := (m.Terms[k].Beta - want) / m.Terms[k].SE
			mean[k] += z / runs
			if math.Abs(z) < 1.96 {
				covered++
			}
		}
	}
	near(t, "mean error of the number", mean[0], 0, 3/math.Sqrt(runs))
	near(t, "mean error of the level", mean[1], 0, 3/math.Sqrt(runs))
	near(t, "coverage", float64(covered)/2/runs, .95, 3*math.Sqrt(.95*.05/2/runs))
}

// TestElasticNet: at the optimum the gradient of every term kept is λ₁·sign + λ₂·b
// and of every term left out at most λ₁ (the conditions of Karush, Kuhn and Tucker).
func TestElasticNet(t *testing.T) {
	s := made(800, 4)
	o := LogisticOptions{L1: 15, L2: 3}
	m, err := FitLogistic(s, o)
	if err != nil {
		t.Fatal(err)
	}
	d, b := m.encoder().design(s.X), m.standardised()
	grad := make([]float64, len(b))
	for i, y := range s.Y {
		r := y - sigmoid(d.dot(i, b))
		grad[0] += r
		at, value := d.row(i)
		for k, j := range at {
			grad[j] += r * value[k]
		}
		if d.width != 4 {
			t.Fatal("one entry a feature")
		}
	}
	// Place 0 also took the entries of terms that do not exist, all of value 0.
	near(t, "intercept", grad[0], 0, 1e-3)
	out := 0
	for j := 1; j < len(b); j++ {
		if b[j] == 0 {
			out++
			if math.Abs(grad[j]) > o.L1+1e-3 {
				t.Errorf("%s was left out with the gradient %v", m.Terms[j-1].name(), grad[j])
			}
			continue
		}
		near(t, m.Terms[j-1].name(), grad[j], o.L2*b[j]+math.Copysign(o.L1, b[j]), 1e-3)
	}
	if out == 0 || out == len(b)-1 || m.Reason == "" {
		t.Errorf("%d of %d terms left out, %q", out, len(b)-1, m.Reason)
	}
}

// TestLogisticProperties: weights equal repeated rows, order is no matter, and
// units of a number change its coefficient only.
func TestLogisticProperties(t *testing.T) {
	s := made(300, 5)
	rng := rand.New(rand.NewPCG(3, 3))
	var repeated []int
	for i := range s.Y {
		k := rng.IntN(4)
		s.W = append(s.W, float64(k))
		for range k {
			repeated = append(repeated, i)
		}
	}
	m, err := FitLogistic(s, LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plain := Sample{X: s.X, Y: s.Y}
	scaled := s.Take(rng.Perm(len(s.Y)))
	for i := range scaled.X[0].Numbers {
		scaled.X[0].Numbers[i] *= 100
	}
	a, err := FitLogistic(plain.Take(repeated), LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitLogistic(scaled, LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for k := range m.Terms {
		near(t, "repeated", a.Terms[k].Beta, m.Terms[k].Beta, 1e-7)
		near(t, "repeated SE", a.Terms[k].SE, m.Terms[k].SE, 1e-7)
		unit := 1.0
		if k == 0 {
			unit = 100
		}
		near(t, "scaled", b.Terms[k].Beta*unit, m.Terms[k].Beta, 1e-7)
	}
	near(t, "likelihood", a.LogLik, m.LogLik, 1e-6)
	one, err := FitLogistic(s, LogisticOptions{Workers: 1})
	if err != nil || !reflect.DeepEqual(one, m) {
		t.Errorf("one worker differs: %v", err)
	}
}

// TestManyRows: fits that start from different parts of the rows end alike.
func TestManyRows(t *testing.T) {
	s := made(manyRows+5, 12)
	m, err := FitLogistic(s, LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := FitLogistic(s.Take(rand.New(rand.NewPCG(2, 9)).Perm(len(s.Y))), LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for k := range m.Terms {
		near(t, m.Terms[k].name(), again.Terms[k].Beta, m.Terms[k].Beta, 1e-4*m.Terms[k].SE)
	}
	if !m.Converged || m.Iterations > 5 {
		t.Errorf("%d steps", m.Iterations)
	}
}

func TestSeparation(t *testing.T) {
	n := 100
	x, y, g := make([]float64, n), make([]float64, n), make([]string, n)
	for i := range n {
		x[i] = float64(i)
		g[i] = "plain"
		if i >= 70 {
			y[i] = 1
		}
		if i%3 == 0 && i < 70 {
			g[i] = "never"
		}
	}
	apart := Sample{X: Table{{Name: "x", Numbers: x}}, Y: y}
	if _, err := FitLogistic(apart, LogisticOptions{NoPenalty: true}); !errors.Is(err, ErrSeparated) {
		t.Errorf("a number that decides: %v", err)
	}
	quasi := Sample{X: Table{{Name: "g", Levels: g}}, Y: y}
	_, err := FitLogistic(quasi, LogisticOptions{NoPenalty: true})
	if !errors.Is(err, ErrSeparated) || !strings.Contains(err.Error(), `g = "never"`) {
		t.Errorf("a level that decides: %v", err)
	}
	// Two numbers of which only the sum decides.
	rng := rand.New(rand.NewPCG(1, 8))
	a, b, z := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		a[i], b[i] = rng.NormFloat64(), rng.NormFloat64()
		if a[i]+b[i] > .1 {
			z[i] = 1
		}
	}
	if _, err := FitLogistic(Sample{X: Table{{Name: "a", Numbers: a}, {Name: "b", Numbers: b}}, Y: z}, LogisticOptions{NoPenalty: true}); !errors.Is(err, ErrSeparated) {
		t.Errorf("a sum that decides: %v", err)
	}
	m, err := FitLogistic(Sample{X: append(apart.X, quasi.X...), Y: y}, LogisticOptions{})
	if err != nil || !m.Converged {
		t.Fatal(m, err)
	}
	want := []string{"x decides alone: up to 69 with outcome 0, from 70 with outcome 1", `all 24 rows with g = "never" have outcome 0`}
	if !reflect.DeepEqual(m.Separation, want) {
		t.Errorf("%q", m.Separation)
	}
}

func TestCollinear(t *testing.T) {
	s := made(200, 6)
	double := Column{Name: "double"}
	for _, v := range s.X[1].Numbers {
		double.Numbers = append(double.Numbers, 2*v+1)
	}
	s.X = append(s.X, double)
	if _, err := FitLogistic(s, LogisticOptions{NoPenalty: true}); !errors.Is(err, ErrCollinear) || !strings.Contains(err.Error(), "double") {
		t.Error(err)
	}
	if m, err := FitLogistic(s, LogisticOptions{}); err != nil || !m.Converged {
		t.Error(m, err)
	}
}

func TestLogisticExplain(t *testing.T) {
	s := made(500, 7)
	m, err := FitLogistic(s, LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.X[3].Levels[0], s.X[3].Levels[1] = "never seen", ""
	s.X[1].Numbers[2] = math.NaN() // never missing in training
	e, err := m.Explain(s.X)
	if err != nil {
		t.Fatal(err)
	}
	margins, err := m.Margins(s.X)
	if err != nil {
		t.Fatal(err)
	}
	for i := range margins {
		sum := e.Base
		for k := range e.Shares {
			sum += e.Shares[k][i]
		}
		near(t, "sum of shares", sum, margins[i], 1e-9)
	}
}

func BenchmarkLogistic(b *testing.B) {
	s := million(b, 1_000_000)
	cpu(b, func() {
		if _, err := FitLogistic(s, LogisticOptions{}); err != nil {
			b.Fatal(err)
		}
	})
}
