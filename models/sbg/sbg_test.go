package sbg

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.9f, want %.9f ± %g", what, got, want, tolerance)
	}
}

// The two segments of Fader & Hardie (2007), table 1: percent of 1000 customers
// still there each year. The model is fitted on the first seven years.
var (
	highEnd = []float64{1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394}
	regular = []float64{1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173}
)

// Source: the paper: α = .668, β = 3.806, log L −1611.2 and α = .704, β = 1.182,
// −1680.3; relative errors of survival in year 12 of 4 % and 2 %.
func TestFaderHardie(t *testing.T) {
	for name, c := range map[string]struct {
		counts                    []float64
		alpha, beta, ll, overYear float64
	}{
		"high end": {highEnd, 0.668, 3.806, -1611.2, 4},
		"regular":  {regular, 0.704, 1.182, -1680.3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Fit([]Cohort{{Survivors: c.counts[:8]}})
			if err != nil {
				t.Fatal(err)
			}
			near(t, "α", m.Alpha, c.alpha, 5e-4)
			near(t, "β", m.Beta, c.beta, 5e-4)
			near(t, "log L", m.LogLik, c.ll, 5e-2)
			miss := 100 * math.Abs(m.Survival(12)*1000/c.counts[12]-1)
			near(t, "error of year 12 in %", miss, c.overYear, 0.6)
			if m.Shape != Interior || !m.Converged || m.Reason != "" || m.SameP > 1e-10 {
				t.Errorf("%+v", m)
			}
			// The likelihood of the paper, term by term.
			ll := 0.0
			for k := 1; k <= 7; k++ {
				p := mathext.Lbeta(m.Alpha+1, m.Beta+float64(k)-1) - mathext.Lbeta(m.Alpha, m.Beta)
				ll += (c.counts[k-1] - c.counts[k]) * p
			}
			ll += c.counts[7] * (mathext.Lbeta(m.Alpha, m.Beta+7) - mathext.Lbeta(m.Alpha, m.Beta))
			near(t, "log L by its definition", m.LogLik, ll, 1e-9)
			near(t, "S(5)", m.Survival(5), math.Exp(mathext.Lbeta(m.Alpha, m.Beta+5)-mathext.Lbeta(m.Alpha, m.Beta)), 1e-12)
			near(t, "r(3)", m.Retention(3), (m.Beta+2)/(m.Alpha+m.Beta+2), 1e-12)
		})
	}
}

// The closed form of Fader & Hardie (2010) with Gauss's hypergeometric function.
func TestResidualIsTheClosedForm(t *testing.T) {
	m, err := Fit([]Cohort{{Survivors: highEnd[:8]}})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 4} {
		for _, d := range []float64{0.05, 0.1, 0.25} {
			r, err := m.Residual(n, d, 10)
			if err != nil {
				t.Fatal(err)
			}
			b := m.Beta + float64(n)
			want := b / (m.Alpha + b) * mathext.Hypergeo(1, b+1, m.Alpha+b+1, 1/(1+d))
			near(t, "discounted", r.Discounted, want, 1e-9*want)
			sum := 0.0
			for k := 1; k <= 10; k++ {
				sum += m.Survival(n+k) / m.Survival(n)
			}
			near(t, "within", r.Within, sum, 1e-12)
		}
	}
	near(t, "tenure", m.Tenure(3), 1+m.Survival(1)+m.Survival(2), 1e-12)
	if _, err := m.Residual(0, 0, 10); !errors.Is(err, ErrValue) {
		t.Errorf("a rate of 0: %v", err)
	}
}

// draw simulates a cohort; late cohorts are seen for fewer renewals.
func draw(rng *rand.Rand, alpha, beta float64, n, renewals int) Cohort {
	c := Cohort{Survivors: make([]float64, renewals+1)}
	dist := distuv.Beta{Alpha: alpha, Beta: beta, Src: rng}
	for range n {
		p := dist.Rand()
		c.Survivors[0]++
		for t := 1; t <= renewals && rng.Float64() >= p; t++ {
			c.Survivors[t]++
		}
	}
	return c
}

func TestRecoversPlantedParameters(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	var alpha, beta, churn, surv float64
	const runs = 200
	for range runs {
		var cohorts []Cohort
		for _, renewals := range []int{8, 7, 6, 3} {
			cohorts = append(cohorts, draw(rng, 0.7, 1.5, 500, renewals))
		}
		m, err := Fit(cohorts)
		if err != nil {
			t.Fatal(err)
		}
		hit := func(count *float64, got, se, want float64) {
			if math.Abs(got-want) > 5*se {
				t.Errorf("%.3f ± %.3f, planted %.3f", got, se, want)
			}
			if math.Abs(got-want) <= 1.96*se {
				*count += 1. / runs
			}
		}
		hit(&alpha, math.Log(m.Alpha), m.AlphaSE/m.Alpha, math.Log(0.7))
		hit(&beta, math.Log(m.Beta), m.BetaSE/m.Beta, math.Log(1.5))
		hit(&churn, m.Churn, m.ChurnSE, 0.7/2.2)
		truth := math.Exp(mathext.Lbeta(0.7, 1.5+12) - mathext.Lbeta(0.7, 1.5))
		_, _, lower, upper, err := m.SurvivalInterval(12, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if lower <= truth && truth <= upper {
			surv += 1. / runs
		}
	}
	for name, share := range map[string]float64{"α": alpha, "β": beta, "churn": churn, "S(12)": surv} {
		if share < 0.9 || share > 0.99 {
			t.Errorf("the 95 %% interval of %s covers %.3f", name, share)
		}
	}
}

func TestCohortsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	a, b := draw(rng, 1, 2, 300, 6), draw(rng, 1, 2, 200, 4)
	m, err := Fit([]Cohort{a, b})
	if err != nil {
		t.Fatal(err)
	}
	swapped, err := Fit([]Cohort{b, a})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "α", m.Alpha, swapped.Alpha, 1e-9)
	// The same customers as one cohort followed and one taken over at age 2.
	first, rest := Cohort{Survivors: a.Survivors[:3]}, Cohort{Survivors: a.Survivors[2:], Age: 2}
	parts, err := Fit([]Cohort{first, rest, b})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "α of parts", parts.Alpha, m.Alpha, 1e-9)
	near(t, "log L of parts", parts.LogLik, m.LogLik, 1e-9)
	// Twice the customers: the same estimate, errors smaller by √2.
	double := Cohort{}
	for _, s := range a.Survivors {
		double.Survivors = append(double.Survivors, 2*s)
	}
	one, _ := Fit([]Cohort{a})
	two, _ := Fit([]Cohort{double})
	near(t, "β", two.Beta, one.Beta, 1e-8)
	near(t, "its error", two.BetaSE*math.Sqrt2, one.BetaSE, 1e-7)
}

func TestCompare(t *testing.T) {
	c, err := Compare([]Cohort{{Name: "high end", Survivors: highEnd[:8]}, {Name: "regular", Survivors: regular[:8]}})
	if err != nil {
		t.Fatal(err)
	}
	if c.DF != 2 || c.P > 1e-20 {
		t.Errorf("two very different segments: %+v", c)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	rejected := 0.0
	for range 200 {
		c, err := Compare([]Cohort{draw(rng, 1, 2, 400, 6), draw(rng, 1, 2, 400, 6)})
		if err != nil {
			t.Fatal(err)
		}
		if c.P < 0.05 {
			rejected += 1. / 200
		}
	}
	if rejected > 0.11 {
		t.Errorf("equal cohorts: %.3f rejected", rejected)
	}
}

func TestSolutionsAtTheEdge(t *testing.T) {
	for name, c := range map[string]struct {
		survivors []float64
		shape     Shape
		s3        float64
	}{
		"same":      {[]float64{1000, 900, 810, 729}, Homogeneous, 0.729},
		"rising":    {[]float64{1000, 950, 800, 500}, Homogeneous, math.Pow(2250./2750, 3)},
		"stayers":   {[]float64{1000, 700, 700, 700}, Stayers, 0.7},
		"nobody":    {[]float64{1000, 1000, 1000}, NoChurn, 1},
		"all":       {[]float64{1000, 0, 0}, AllChurn, 0},
		"one":       {[]float64{1000, 0}, AllChurn, 0},
		"one stays": {[]float64{1, 1, 0}, Homogeneous, 0.125},
	} {
		m, err := Fit([]Cohort{{Survivors: c.survivors}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m.Shape != c.shape || m.Reason == "" || !m.Converged {
			t.Errorf("%s: %+v", name, m)
		}
		near(t, name, m.Survival(3), c.s3, 1e-9)
		r, err := m.Residual(1, 0.1, 5)
		if err != nil {
			t.Fatal(err)
		}
		_, se, lower, upper, err := m.SurvivalInterval(3, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []float64{m.Alpha, m.Beta, m.AlphaSE, m.ChurnSE, m.LogLik, m.AIC, m.BIC, m.SameP,
			r.Discounted, r.Within, m.Tenure(5), se, lower, upper} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %v in %+v", name, v, m)
			}
		}
	}
}

// Whatever the counts, the fit says something and nothing better exists on a grid.
func TestAnyCountsAreFitted(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 3))
	for range 300 {
		c := Cohort{Age: rng.IntN(3), Survivors: []float64{float64(1 + rng.IntN(30))}}
		for range 2 + rng.IntN(4) {
			last := c.Survivors[len(c.Survivors)-1]
			c.Survivors = append(c.Survivors, float64(rng.IntN(int(last)+1)))
		}
		m, err := Fit([]Cohort{c})
		if err != nil {
			if !errors.Is(err, ErrShort) {
				t.Errorf("%v: %v", c, err)
			}
			continue
		}
		if m.Shape != Interior && m.Reason == "" || !m.Converged && m.Reason == "" {
			t.Errorf("%v: no words: %+v", c, m)
		}
		for a := -8.0; a <= 8; a++ {
			for b := -8.0; b <= 8; b++ {
				if ll := m.logLik(math.Exp(a), 1+math.Exp(b)); ll > m.LogLik+1e-6 {
					t.Fatalf("%v: %s at %v, but %v at u = e^%v, v−1 = e^%v", c, m.Shape, m.LogLik, ll, a, b)
				}
			}
		}
	}
}

func TestRefusesBadCounts(t *testing.T) {
	for name, c := range map[string]struct {
		cohorts []Cohort
		want    error
	}{
		"none":     {nil, ErrEmpty},
		"start":    {[]Cohort{{Survivors: []float64{100}}}, ErrEmpty},
		"zero":     {[]Cohort{{Survivors: []float64{0, 0}}}, ErrEmpty},
		"growing":  {[]Cohort{{Survivors: []float64{10, 11}}}, ErrValue},
		"negative": {[]Cohort{{Survivors: []float64{10, -1}}}, ErrValue},
		"nan":      {[]Cohort{{Survivors: []float64{10, math.NaN()}}}, ErrValue},
		"age":      {[]Cohort{{Survivors: []float64{10, 9}, Age: -1}}, ErrValue},
		"short":    {[]Cohort{{Survivors: []float64{10, 9}}}, ErrShort},
	} {
		if _, err := Fit(c.cohorts); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 3))
	var cohorts []Cohort
	for k := range 120 {
		cohorts = append(cohorts, draw(rng, 0.7, 1.5, 1000, k+1))
	}
	for b.Loop() {
		if _, err := Fit(cohorts); err != nil {
			b.Fatal(err)
		}
	}
}
