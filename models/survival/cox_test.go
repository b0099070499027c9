package survival

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
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
