package survival

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// world draws subjects whose hazard is exp(β·x) (constant in time), censored at
// random, some entering late, times rounded to give ties when grid > 0.
func world(rng *rand.Rand, n int, beta []float64, grid float64, late bool) (Sample, Covariates) {
	var s Sample
	x := Covariates{Columns: make([][]float64, len(beta))}
	for j := range beta {
		x.Names = append(x.Names, fmt.Sprintf("x%d", j))
	}
	for len(s.Time) < n {
		row, eta := make([]float64, len(beta)), 0.0
		for j, b := range beta {
			row[j] = rng.NormFloat64()
			if j%2 == 1 {
				row[j] = float64(rng.IntN(2))
			}
			eta += b * row[j]
		}
		t, c := rng.ExpFloat64()/math.Exp(eta), 3*rng.Float64()
		event := t < c
		t = min(t, c)
		if grid > 0 {
			t = math.Ceil(t/grid) * grid
		}
		entry := 0.0
		if late && rng.IntN(2) == 0 {
			entry = rng.Float64()
		}
		if entry >= t {
			continue
		}
		s.Time, s.Event = append(s.Time, t), append(s.Event, event)
		if late {
			s.Entry = append(s.Entry, entry)
		}
		for j := range row {
			x.Columns[j] = append(x.Columns[j], row[j])
		}
	}
	return s, x
}

// efron is the partial log-likelihood by its definition, in n² steps.
func efron(s Sample, x Covariates, strata []int, beta []float64) float64 {
	risk, eta := make([]float64, s.Len()), make([]float64, s.Len())
	for i := range eta {
		for j, b := range beta {
			eta[i] += b * x.Columns[j][i]
		}
		risk[i] = math.Exp(eta[i])
	}
	sum := 0.0
	done := map[[2]float64]bool{}
	for i, t := range s.Time {
		if !s.Event[i] || done[[2]float64{float64(strata[i]), t}] {
			continue
		}
		done[[2]float64{float64(strata[i]), t}] = true
		var all, dead, m float64
		for k := range s.Time {
			if strata[k] != strata[i] || s.Time[k] < t || s.Entry != nil && s.Entry[k] >= t {
				continue
			}
			all += risk[k]
			if s.Event[k] && s.Time[k] == t {
				dead += risk[k]
				m++
				sum += eta[k]
			}
		}
		for l := range int(m) {
			sum -= math.Log(all - float64(l)/m*dead)
		}
	}
	return sum
}

func TestCoxIsTheMaximumOfItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for trial := range 12 {
		s, x := world(rng, 80, []float64{0.8, -0.5, 0.3}, []float64{0, 0.2}[trial%2], trial%3 > 0)
		strata := make([]int, s.Len())
		for i := range strata {
			strata[i] = 10 * rng.IntN(1+trial%4)
		}
		m, err := FitCox(s, x, CoxOptions{Strata: strata})
		if err != nil {
			t.Fatal(err)
		}
		beta := make([]float64, 3)
		for j, c := range m.Coefficients {
			beta[j] = c.Beta
		}
		at := efron(s, x, strata, beta)
		near(t, "log-likelihood", m.LogLik, at, 1e-9)
		near(t, "null log-likelihood", m.LogLikNull, efron(s, x, strata, make([]float64, 3)), 1e-9)
		// Second differences of the definition are the information.
		const h = 1e-4
		for j := range beta {
			up, down := append([]float64(nil), beta...), append([]float64(nil), beta...)
			up[j] += h
			down[j] -= h
			lu, ld := efron(s, x, strata, up), efron(s, x, strata, down)
			near(t, "slope at the maximum", (lu-ld)/(2*h), 0, 1e-5)
			info := m.risk.evaluate(m.beta).info.At(j, j) * m.risk.scale[j] * m.risk.scale[j]
			near(t, "curvature", -(lu-2*at+ld)/(h*h), info, 1e-4*info)
		}
	}
}

func TestCoxRecoversPlantedCoefficients(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	planted := []float64{0.7, -0.4, 0, 0.2}
	covered, total := 0, 0
	for range 100 {
		s, x := world(rng, 400, planted, 0, true)
		m, err := FitCox(s, x, CoxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for j, c := range m.Coefficients {
			total++
			if math.Abs(c.Beta-planted[j]) > 4*c.SE {
				t.Errorf("%s = %.3f ± %.3f, planted %.3f", c.Name, c.Beta, c.SE, planted[j])
			}
			if hr := math.Exp(planted[j]); c.Lower <= hr && hr <= c.Upper {
				covered++
			}
		}
	}
	// 400 intervals at 95 %: the standard error of the share is .011.
	if share := float64(covered) / float64(total); share < 0.915 || share > 0.985 {
		t.Errorf("95 %% intervals cover %.3f", share)
	}
}

func TestCoxWeightsAreRepeatedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	s, x := world(rng, 60, []float64{0.5, -0.5}, 0.3, true)
	long, wide := Sample{}, Covariates{Names: x.Names, Columns: make([][]float64, 2)}
	for i := range s.Time {
		w := rng.IntN(4)
		s.Weight = append(s.Weight, float64(w))
		for range w {
			long.Time, long.Event, long.Entry = append(long.Time, s.Time[i]), append(long.Event, s.Event[i]), append(long.Entry, s.Entry[i])
			for j := range wide.Columns {
				wide.Columns[j] = append(wide.Columns[j], x.Columns[j][i])
			}
		}
	}
	for _, ties := range []Ties{Efron, Breslow} {
		a, err := FitCox(s, x, CoxOptions{Ties: ties})
		if err != nil {
			t.Fatal(err)
		}
		b, err := FitCox(long, wide, CoxOptions{Ties: ties})
		if err != nil {
			t.Fatal(err)
		}
		same(t, a, b, 1e-9)
	}
}

// same compares two fits that must agree.
func same(t *testing.T, a, b *Cox, tolerance float64) {
	t.Helper()
	for j := range a.Coefficients {
		near(t, "beta", a.Coefficients[j].Beta, b.Coefficients[j].Beta, tolerance)
		near(t, "se", a.Coefficients[j].SE, b.Coefficients[j].SE, tolerance)
	}
	near(t, "log-likelihood", a.LogLik, b.LogLik, 1e-8)
	near(t, "score", a.Score.ChiSquare, b.Score.ChiSquare, 1e-8)
	near(t, "C", a.Concordance.C, b.Concordance.C, 1e-12)
	near(t, "pairs", a.Concordance.Pairs, b.Concordance.Pairs, 1e-6)
	for _, scale := range []TimeScale{KaplanMeierTime, IdentityTime, LogTime, RankTime} {
		p, err := a.Proportionality(scale)
		q, err2 := b.Proportionality(scale)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		for k := range p {
			near(t, "proportionality", p[k].ChiSquare, q[k].ChiSquare, 1e-7)
			near(t, "correlation", p[k].Correlation, q[k].Correlation, 1e-7)
		}
	}
	pa, _ := a.Survival([]float64{1, 1}, 0)
	pb, _ := b.Survival([]float64{1, 1}, 0)
	for i := range pa {
		near(t, "survival", pa[i].Survival, pb[i].Survival, tolerance)
		near(t, "its error", pa[i].SE, pb[i].SE, tolerance)
		at, known, err := a.SurvivalAt([]float64{1, 1}, 0, pa[i].Time)
		if err != nil || !known || at != pa[i] {
			t.Errorf("at one time %+v, on the curve %+v: %v", at, pa[i], err)
		}
	}
	if p, known, err := a.SurvivalAt([]float64{1, 1}, 0, 1e9); known || p.Survival != pa[len(pa)-1].Survival || err != nil {
		t.Errorf("beyond the data: %+v %v %v", p, known, err)
	}
	if p, _, _ := a.SurvivalAt([]float64{1, 1}, 0, 0); p.Survival != 1 {
		t.Errorf("at the start: %+v", p)
	}
	if _, _, err := a.SurvivalAt([]float64{1, 1}, 7, 0); !errors.Is(err, ErrValue) {
		t.Errorf("a stratum that is not there: %v", err)
	}
}

func TestCoxIgnoresOrderUnitsAndOrigin(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	s, x := world(rng, 100, []float64{0.5, -0.5}, 0.2, true)
	m, err := FitCox(s, x, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	mixed, columns := Sample{}, Covariates{Names: x.Names, Columns: make([][]float64, 2)}
	for _, i := range rng.Perm(s.Len()) {
		mixed.Time, mixed.Event, mixed.Entry = append(mixed.Time, s.Time[i]), append(mixed.Event, s.Event[i]), append(mixed.Entry, s.Entry[i])
		for j := range columns.Columns {
			columns.Columns[j] = append(columns.Columns[j], x.Columns[j][i])
		}
	}
	other, err := FitCox(mixed, columns, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, m, other, 1e-9)
	// Money in cents and counted from elsewhere: the coefficient is per cent.
	for i := range columns.Columns[0] {
		columns.Columns[0][i] = 1e6 + 100*columns.Columns[0][i]
	}
	cents, err := FitCox(mixed, columns, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "beta per cent", 100*cents.Coefficients[0].Beta, m.Coefficients[0].Beta, 1e-7)
	near(t, "z", cents.Coefficients[0].Z, m.Coefficients[0].Z, 1e-6)
}

// Without ties the score test of a group indicator is the log-rank test.
func TestScoreTestIsLogRank(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	s, x := world(rng, 120, []float64{0.5, -0.5}, 0, true)
	group := make([]int, s.Len())
	for i, v := range x.Columns[1] {
		group[i] = int(v)
	}
	m, err := FitCox(s, Covariates{Names: []string{"group"}, Columns: x.Columns[1:]}, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	test, err := LogRank(s, group, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "score", m.Score.ChiSquare, test.ChiSquare, 1e-9)
}

func TestConcordanceByPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for trial := range 10 {
		s, x := world(rng, 70, []float64{0.5, -0.5}, 0.25, trial%2 == 0)
		score := x.Columns[0]
		for i := range score {
			score[i] = math.Round(3 * score[i])
		}
		strata := make([]int, s.Len())
		for i := range strata {
			strata[i] = rng.IntN(2)
		}
		got, err := HarrellC(s, score, strata)
		if err != nil {
			t.Fatal(err)
		}
		var want Concordance
		for i, a := range s.Time {
			for k, b := range s.Time {
				later := b > a || b == a && !s.Event[k]
				if !s.Event[i] || i == k || !later || strata[i] != strata[k] || s.Entry != nil && s.Entry[k] >= a {
					continue
				}
				want.Pairs++
				switch {
				case score[i] > score[k]:
					want.Concordant++
				case score[i] < score[k]:
					want.Discordant++
				default:
					want.TiedScore++
				}
			}
		}
		want.C = (want.Concordant + want.TiedScore/2) / want.Pairs
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

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
		"strata":      {ok, x, CoxOptions{Strata: []int{1}}, ErrShape},
		"level":       {ok, x, CoxOptions{Level: 95}, ErrValue},
		"entry":       {Sample{Time: ok.Time, Event: ok.Event, Entry: []float64{0, 2, 0}}, x, CoxOptions{}, ErrValue},
	} {
		if _, err := FitCox(c.s, c.x, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkCox100kx10(b *testing.B) {
	beta := []float64{0.5, -0.5, 0.2, 0, 0.1, 0.3, -0.2, 0.4, 0, 0.1}
	for name, grid := range map[string]float64{"continuous": 0, "36 periods": 1. / 12} {
		for _, late := range []bool{false, true} {
			s, x := world(rand.New(rand.NewPCG(9, 1)), 100_000, beta, grid, late)
			b.Run(fmt.Sprintf("%s/late=%v", name, late), func(b *testing.B) {
				for b.Loop() {
					if _, err := FitCox(s, x, CoxOptions{}); err != nil {
						b.Fatal(err)
					}
				}
			})
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
