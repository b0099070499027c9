package survival

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMonotoneLikelihoodIsSaid(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	s, x := world(rng, 200, []float64{0.5, 0}, 0.2, false)
	plain, err := FitCox(s, Covariates{Names: x.Names[:1], Columns: x.Columns[:1]}, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Time { // nobody with x1 = 1 has the event
		if x.Columns[1][i] == 1 {
			s.Event[i] = false
		}
	}
	m, err := FitCox(s, x, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := m.Coefficients[1]
	if c.Infinite != -1 || m.Coefficients[0].Infinite != 0 {
		t.Fatalf("coefficients %+v", m.Coefficients)
	}
	if !m.Converged || !strings.Contains(m.Reason, "monotone likelihood") || !strings.Contains(m.Reason, "x1 goes to minus infinity") {
		t.Errorf("converged %v, reason %q", m.Converged, m.Reason)
	}
	if c.SE != 0 || c.Z != 0 || c.Lower != 0 || c.Upper != 0 || c.P > 1e-6 || c.P <= 0 {
		t.Errorf("%+v", c)
	}
	if f := m.Coefficients[0]; f.SE <= 0 || f.SE > 3*plain.Coefficients[0].SE {
		t.Errorf("the other coefficient %+v", f)
	}
	if _, err := m.Proportionality(KaplanMeierTime); !errors.Is(err, ErrValue) {
		t.Errorf("proportionality of an infinite coefficient: %v", err)
	}
	curve, err := m.Survival([]float64{0, 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if last := curve[len(curve)-1]; math.Abs(last.Survival-1) > 1e-3 || math.IsNaN(last.SE) {
		t.Errorf("those without events survive %+v", last)
	}
}

func TestMonotoneLikelihoodOfEveryKind(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 1))
	s, x := world(rng, 3000, []float64{0.5, 0.2}, 0, true)
	rare, order := make([]float64, 3000), make([]float64, 3000)
	rare[17], s.Event[17] = 1, false // one subject of its kind, without the event
	for i, u := range s.Time {
		order[i] = -math.Round(100 * u) // who has more goes first, always
	}
	for name, c := range map[string]struct {
		column []float64
		sign   int
	}{"rare": {rare, -1}, "order": {order, 1}} {
		m, err := FitCox(s, Covariates{Names: []string{"x0", name}, Columns: [][]float64{x.Columns[0], c.column}}, CoxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if m.Coefficients[1].Infinite != c.sign || m.Reason == "" {
			t.Errorf("%s: %+v, converged %v, reason %q", name, m.Coefficients[1], m.Converged, m.Reason)
		}
		for _, k := range m.Coefficients {
			for _, v := range []float64{k.Beta, k.SE, k.Z, k.P, k.HR, k.Lower, k.Upper} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %+v", name, k)
				}
			}
		}
	}
}

func TestCoxDropsWhatItCannotTell(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	s, x := world(rng, 200, []float64{0.5, 0.3}, 0, false)
	reference, err := FitCox(s, x, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	constant, sum := make([]float64, 200), make([]float64, 200)
	for i := range sum {
		constant[i] = 4.2
		sum[i] = 3*x.Columns[0][i] - x.Columns[1][i] + 7
	}
	x.Names = []string{"constant", "a", "b", "sum"}
	x.Columns = [][]float64{constant, x.Columns[0], x.Columns[1], sum}
	m, err := FitCox(s, x, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Coefficients[0].Dropped == "" || m.Coefficients[3].Dropped == "" || !strings.Contains(m.Reason, "sum is not in the model") {
		t.Errorf("%+v %q", m.Coefficients, m.Reason)
	}
	near(t, "a", m.Coefficients[1].Beta, reference.Coefficients[0].Beta, 1e-9)
	if m.Wald.DF != 2 {
		t.Errorf("%d degrees of freedom", m.Wald.DF)
	}
	p, _ := m.Survival([]float64{4.2, 1, 1, 0}, 0)
	q, _ := reference.Survival([]float64{1, 1}, 0)
	near(t, "survival", p[50].Survival, q[50].Survival, 1e-9)
	near(t, "its error", p[50].SE, q[50].SE, 1e-9)
}

// A huge risk that leaves the risk set must not take the digits of the others
// with it.
func TestLeavingHugeRiskKeepsDigits(t *testing.T) {
	s := Sample{
		Time:  []float64{10, 9, 8, 20, 19, 18, 17},
		Event: []bool{true, true, false, true, true, false, true},
		Entry: []float64{0, 0, 0, 12, 12, 12, 12},
	}
	columns := [][]float64{{1, 0, 0.5, 40, 38, 41, 39}}
	r := newRiskData(s, columns, CoxOptions{})
	r.scale[0], r.mean[0] = 1, 0
	for pos, i := range r.order.byTime {
		r.x[pos] = columns[0][i]
	}
	x := Covariates{Columns: columns}
	near(t, "log-likelihood", r.evaluate([]float64{1.5}).logLik, efron(s, x, make([]int, 7), []float64{1.5}), 1e-12)
}

func TestCoxRefusesBadInput(t *testing.T) {
	ok := Sample{Time: []float64{1, 2, 3}, Event: []bool{true, true, false}}
	x := Covariates{Names: []string{"x"}, Columns: [][]float64{{1, 0, 2}}}
	for name, c := range map[string]struct {
		s    Sample
		x    Covariates
		o    CoxOptions
		want error
	}{
		"empty":       {Sample{}, x, CoxOptions{}, ErrEmpty},
		"no event":    {Sample{Time: ok.Time, Event: make([]bool, 3)}, x, CoxOptions{}, ErrNoEvents},
		"nothing":     {ok, Covariates{}, CoxOptions{}, ErrNoCovariates},
		"constant":    {ok, Covariates{x.Names, [][]float64{{2, 2, 2}}}, CoxOptions{}, ErrNoCovariates},
		"length":      {ok, Covariates{x.Names, [][]float64{{2, 2}}}, CoxOptions{}, ErrShape},
		"names":       {ok, Covariates{nil, x.Columns}, CoxOptions{}, ErrShape},
		"not finite":  {ok, Covariates{x.Names, [][]float64{{2, math.NaN(), 1}}}, CoxOptions{}, ErrValue},
		"half weight": {Sample{Time: ok.Time, Event: ok.Event, Weight: []float64{1, .5, 1}}, x, CoxOptions{}, ErrValue},
		"too heavy":   {Sample{Time: ok.Time, Event: ok.Event, Weight: []float64{1e9, 1, 1}}, x, CoxOptions{}, ErrValue},
		"strata":      {ok, x, CoxOptions{Strata: []int{1}}, ErrShape},
		"level":       {ok, x, CoxOptions{Level: 95}, ErrValue},
		"entry":       {Sample{Time: ok.Time, Event: ok.Event, Entry: []float64{0, 2, 0}}, x, CoxOptions{}, ErrValue},
	} {
		if _, err := FitCox(c.s, c.x, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Small data sets are mostly monotone, collinear or empty in some way; whatever
// they are, the answer is an error or numbers, with words when they are not
// ordinary ones.
func TestCoxOfSmallDataGivesNumbersOrWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	infinite, plain := 0, 0
	for trial := range 3000 {
		n, p := 2+rng.IntN(12), 1+rng.IntN(3)
		var s Sample
		x := Covariates{Names: []string{"a", "b", "c"}[:p], Columns: make([][]float64, p)}
		for range n {
			entry := float64(rng.IntN(4))
			s.Entry, s.Time = append(s.Entry, entry), append(s.Time, entry+1+float64(rng.IntN(5)))
			s.Event = append(s.Event, rng.IntN(3) > 0)
			for j := range x.Columns {
				v := float64(rng.IntN(3))
				if j == 1 {
					v = 1e6 * rng.ExpFloat64()
				}
				x.Columns[j] = append(x.Columns[j], v)
			}
		}
		m, err := FitCox(s, x, CoxOptions{Ties: Ties(trial % 2)})
		if err != nil {
			if !errors.Is(err, ErrNoEvents) && !errors.Is(err, ErrNoCovariates) {
				t.Fatalf("%+v %+v: %v", s, x, err)
			}
			continue
		}
		numbers := []float64{m.LogLik, m.AIC, m.BIC, m.Wald.ChiSquare, m.Wald.P, m.Score.P, m.LikelihoodRatio.P, m.Concordance.C}
		odd := !m.Converged
		for _, c := range m.Coefficients {
			numbers = append(numbers, c.Beta, c.SE, c.Z, c.P, c.HR, c.Lower, c.Upper)
			if c.Infinite != 0 {
				infinite++
			}
			odd = odd || c.Infinite != 0 || c.Dropped != ""
		}
		if !odd {
			plain++
			if m.Reason != "" {
				t.Errorf("words without a reason: %q", m.Reason)
			}
		} else if m.Reason == "" {
			t.Errorf("no words for %+v", m.Coefficients)
		}
		curve, err := m.Survival(make([]float64, p), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range curve {
			numbers = append(numbers, c.CumHazard, c.Survival, c.SE, c.Lower, c.Upper)
		}
		for k, v := range numbers {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("number %d is %v: %+v of %+v %+v", k, v, m.Coefficients, s, x)
			}
		}
		if m.LogLik < m.LogLikNull-1e-9 {
			t.Errorf("the fit is worse than none: %v, %v", m.LogLik, m.LogLikNull)
		}
		if !m.Converged {
			t.Errorf("not converged: %q %+v", m.Reason, m.Coefficients)
		}
		if c := m.Coefficients[0]; p == 1 && trial%2 == 0 {
			none := make([]int, n)
			out := efron(s, x, none, []float64{c.Beta + math.Copysign(20, c.Beta)})
			if c.Infinite != 0 && out < m.LogLik-1e-12 || c.Infinite == 0 && out >= m.LogLik-1e-3 {
				t.Errorf("infinite %d, but the log-likelihood goes from %v to %v", c.Infinite, m.LogLik, out)
			}
		}
	}
	if plain < 100 || infinite < 100 {
		t.Errorf("%d plain fits, %d infinite coefficients: the test does not test", plain, infinite)
	}
}
