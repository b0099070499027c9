package clv

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a quick world of customers, no covariates.
func small(t testing.TB, kind Kind, n int) Customers {
	t.Helper()
	base := map[Kind][]float64{NBD: {.8, 9}, BGBB: {1.2, .75, .66, 2.8}, ParetoNBD: {.9, 5, .8, 12}}[kind]
	if base == nil {
		base = []float64{.9, 5, .9, 2}
	}
	m, err := Given(Options{Kind: kind}, base...)
	if err != nil {
		t.Fatal(err)
	}
	return world(m, n, 24, rand.New(rand.NewPCG(77, 1)))
}

var allKinds = []Kind{MBGNBD, BGNBD, ParetoNBD, NBD, BGBB}

func TestOrderDoesNotMatter(t *testing.T) {
	for _, k := range allKinds {
		c := small(t, k, 800)
		want, err := Fit(c, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		rng.Shuffle(len(c.X), func(i, j int) {
			c.X[i], c.X[j], c.Tx[i], c.Tx[j], c.T[i], c.T[j] = c.X[j], c.X[i], c.Tx[j], c.Tx[i], c.T[j], c.T[i]
		})
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		got, err := Fit(c, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%v: shuffled, on one core: %s", k, d)
		}
	}
}

func TestWeightsAreRepeatedRows(t *testing.T) {
	for _, k := range allKinds {
		c := small(t, k, 300)
		long, weighted := Customers{}, Customers{X: c.X, Tx: c.Tx, T: c.T}
		for i := range c.X {
			n := i % 4
			weighted.Weight = append(weighted.Weight, float64(n))
			for range n {
				long.X, long.Tx, long.T = append(long.X, c.X[i]), append(long.Tx, c.Tx[i]), append(long.T, c.T[i])
			}
		}
		a, err := Fit(long, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Fit(weighted, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(a, b); d != "" {
			t.Errorf("%v: %s", k, d)
		}
	}
}

// In days instead of weeks rates shrink by 7, the density of each purchase too,
// and every prediction stays.
func TestUnitDoesNotMatter(t *testing.T) {
	for _, k := range []Kind{MBGNBD, BGNBD, ParetoNBD, NBD} {
		weeks := small(t, k, 1500)
		days := Customers{X: weeks.X}
		var purchases float64
		for i := range weeks.X {
			days.Tx, days.T = append(days.Tx, 7*weeks.Tx[i]), append(days.T, 7*weeks.T[i])
			purchases += weeks.X[i]
		}
		a, err := Fit(weeks, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Fit(days, Options{Kind: k, Unit: "day", UnitsPerYear: 365.25})
		if err != nil {
			t.Fatal(err)
		}
		within(t, k.String()+" log-likelihood", b.LogLikelihood, a.LogLikelihood-purchases*math.Log(7), 1e-6)
		relative(t, k.String()+" alpha", b.Base[1], 7*a.Base[1], 1e-4)
		for i := range 20 {
			h, g := weeks.at(i), days.at(i)
			p, _ := a.At(h)
			q, _ := b.At(g)
			relative(t, k.String()+" alive", q.Alive, p.Alive, 1e-4)
			relative(t, k.String()+" expected", q.Expected(70), p.Expected(10), 1e-4)
			relative(t, k.String()+" discounted", q.Discounted(700, b.DiscountRate(.1)), p.Discounted(100, a.DiscountRate(.1)), 1e-4)
		}
	}
}

func TestMoneyScales(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var x, z, cents []float64
	for range 400 {
		x = append(x, float64(rng.IntN(5)))
		z = append(z, math.Exp(3+rng.NormFloat64()))
		cents = append(cents, 100*z[len(z)-1])
	}
	a, err := FitSpend(x, z, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitSpend(x, cents, nil)
	if err != nil {
		t.Fatal(err)
	}
	relative(t, "gamma", b.Gamma, 100*a.Gamma, 1e-6)
	for i := range x {
		p, _ := a.Expected(x[i], z[i])
		q, _ := b.Expected(x[i], cents[i])
		relative(t, "expected spend", q, 100*p, 1e-6)
	}
}

func TestScoreEqualsPosterior(t *testing.T) {
	for _, k := range allKinds {
		c := small(t, k, 200)
		m, err := Fit(c, Options{Kind: k})
		if err != nil {
			t.Fatal(err)
		}
		s, err := m.Score(c, ScoreOptions{Horizon: 10, Annual: .1, Forever: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.X {
			p, err := m.At(c.at(i))
			if err != nil {
				t.Fatal(err)
			}
			det, ok := p.DiscountedForever(m.DiscountRate(.1))
			low, high := p.Interval(10, .8)
			next, has := p.Next(.5)
			if s.Alive[i] != p.Alive || s.Expected[i] != p.Expected(10) || s.None[i] != p.None(10) || s.DET[i] != det || !ok ||
				s.Low[i] != low || s.High[i] != high || s.Next[i] != next || s.HasNext[i] != has {
				t.Fatalf("%v, customer %d: %+v", k, i, p)
			}
		}
	}
}

// What holds for every posterior, whatever the model: probabilities add up to 1
// and to the expectation, quantiles are inverses, a long horizon comes to DET.
func TestPosteriorsAreCoherent(t *testing.T) {
	for _, k := range allKinds {
		c := small(t, k, 12)
		m, err := Given(Options{Kind: k}, map[Kind][]float64{NBD: {.8, 9}, BGBB: {1.2, .75, 1.66, 2.8}, ParetoNBD: {.9, 5, 1.8, 12}, BGNBD: {2.9, 5, 1.9, 2}, MBGNBD: {.9, 5, .9, 2}}[k]...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.X {
			p, err := m.At(c.at(i))
			if err != nil {
				t.Fatal(err)
			}
			const horizon = 30
			_, most := p.Interval(horizon, 1-1e-9)
			list := p.Probabilities(horizon, 2*most+20)
			var sum, mean float64
			for n, v := range list {
				if v < 0 || v > 1 {
					t.Fatalf("%v: P(%d) = %v", k, n, v)
				}
				sum += v
				mean += float64(n) * v
			}
			within(t, k.String()+" sum of probabilities", sum, 1, 1e-9)
			relative(t, k.String()+" mean of probabilities", mean, p.Expected(horizon), 1e-8)
			within(t, k.String()+" none", p.None(horizon), list[0], 1e-10)
			if at, ok := p.NextIfAlive(.3); ok && k != BGBB {
				within(t, k.String()+" next", p.future.some(at), .3, 1e-8)
			}
			if at, ok := p.LifetimeQuantile(.3); ok && k != BGBB {
				within(t, k.String()+" lifetime", p.future.survival(at), .7, 1e-8)
			}
			delta := m.DiscountRate(10)
			det, ok := p.DiscountedForever(delta)
			if !ok {
				t.Fatalf("%v: no DET", k)
			}
			relative(t, k.String()+" DET", det, p.Discounted(30/delta, delta), 1e-6)
			var periods float64 // short ones
			const step = 0.05
			for at := step; at < horizon+step/2; at += step {
				periods += (p.Expected(at) - p.Expected(at-step)) * math.Exp(-delta*(at-step/2))
			}
			if k != BGBB {
				relative(t, k.String()+" discounted", p.Discounted(horizon, delta), periods, 1e-5)
			}
		}
	}
}

// Mean lifetimes against the integral of survival.
func TestLifetime(t *testing.T) {
	for k, f := range map[string]future{
		"BG": betaFuture{5, 10, 6, 3}, "Pareto": paretoFuture{1, 5, 6, 20},
	} {
		var sum float64
		const step = 0.02 // of the logarithm of time
		for u := -12.0; u < 14; u += step {
			sum += step * math.Exp(u) * f.survival(math.Exp(u))
		}
		mean, ok := f.lifetime()
		if !ok {
			t.Fatal(k)
		}
		relative(t, k, mean, sum, 1e-4)
	}
	for _, f := range []future{betaFuture{.9, 1, 2, 1}, betaFuture{2, 1, .9, 1}, paretoFuture{1, 1, 1, 1}, gammaFuture{1, 1}, discreteFuture{1, 1, 1, 1}} {
		if _, ok := f.lifetime(); ok {
			t.Errorf("%+v has a finite mean lifetime", f)
		}
	}
}

// BG/BB by brute force: the probabilities of all histories of five
// opportunities add up to 1, and give the expectations.
func TestBGBBByEnumeration(t *testing.T) {
	m, err := Given(Options{Kind: BGBB}, 1.2, .75, .66, 2.8)
	if err != nil {
		t.Fatal(err)
	}
	const seen, all = 3, 7
	probability := func(mask, n int) float64 { // of one exact history of n opportunities
		h := History{T: float64(n)}
		for i := range n {
			if mask>>i&1 == 1 {
				h.X++
				h.Tx = float64(i + 1)
			}
		}
		ll, err := m.LogLikelihoodOf(h)
		if err != nil {
			t.Fatal(err)
		}
		return math.Exp(ll)
	}
	var total float64
	for past := range 1 << seen {
		var own, later, silent float64
		for future := range 1 << (all - seen) {
			p := probability(past|future<<seen, all)
			own += p
			if future == 0 {
				silent = p
			}
			for f := future; f > 0; f >>= 1 {
				later += float64(f&1) * p
			}
		}
		total += own
		within(t, "history", own, probability(past, seen), 1e-14)
		h := History{T: seen}
		for i := range seen {
			if past>>i&1 == 1 {
				h.X++
				h.Tx = float64(i + 1)
			}
		}
		p, err := m.At(h)
		if err != nil {
			t.Fatal(err)
		}
		relative(t, "expected", p.Expected(all-seen), later/own, 1e-12)
		relative(t, "none", p.None(all-seen), silent/own, 1e-12)
	}
	within(t, "all histories", total, 1, 1e-13)
}

// Boundaries are findings, not failures.
func TestBoundaries(t *testing.T) {
	forEver, err := Given(Options{Kind: NBD}, 2, 6)
	if err != nil {
		t.Fatal(err)
	}
	nbd := world(forEver, 3000, 40, rand.New(rand.NewPCG(6, 6)))
	for i, x := range nbd.X {
		// As regular as it gets: the last purchase is always recent.
		if x > 0 {
			nbd.Tx[i] = nbd.T[i]
		}
	}
	var poisson Customers
	rng := rand.New(rand.NewPCG(6, 7))
	for range 500 {
		n, last := 0.0, 0.0
		for at := rng.ExpFloat64() * 5; at < 40; at += rng.ExpFloat64() * 5 {
			n, last = n+1, at
		}
		poisson.X, poisson.Tx, poisson.T = append(poisson.X, n), append(poisson.Tx, last), append(poisson.T, 40)
	}
	same := Customers{X: []float64{2, 2, 2}, Tx: []float64{10, 10, 10}, T: []float64{20, 20, 20}}
	one := Customers{X: []float64{3}, Tx: []float64{5}, T: []float64{20}}
	for name, c := range map[string]struct {
		customers Customers
		says      string
	}{
		"no dropout": {nbd, "no dropout found: the data follow an NBD"},
		"one rate":   {poisson, "purchases are Poisson"},
		"all alike":  {same, "purchases are Poisson"},
		"one":        {one, "purchases are Poisson"},
	} {
		for _, k := range []Kind{MBGNBD, BGNBD, ParetoNBD} {
			m, err := Fit(c.customers, Options{Kind: k})
			if err != nil {
				t.Errorf("%s, %v: %v", name, k, err)
				continue
			}
			if !strings.Contains(strings.Join(m.Boundary, "; "), c.says) {
				t.Errorf("%s, %v: %v says %q", name, k, m.Base, m.Boundary)
			}
			finiteModel(t, name+" "+k.String(), m)
			if name == "no dropout" && (m.Parameters[0].Method != ByInformation || m.Parameters[2].Method != NoInterval) {
				t.Errorf("%s, %v: %+v", name, k, m.Parameters)
			}
			s, err := m.Score(c.customers, ScoreOptions{Horizon: 20, Annual: .1, Forever: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(s); err != nil {
				t.Errorf("%s, %v: %v", name, k, err)
			}
		}
	}
}

// finiteModel checks that there is no NaN or infinity anywhere.
func finiteModel(t testing.TB, what string, m any) {
	t.Helper()
	if _, err := json.Marshal(m); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// A likelihood without curvature gets its interval from its profile.
func TestProfileInterval(t *testing.T) {
	// A hump in the first element, flat in the second.
	f := func(theta, g, h []float64) float64 {
		g[0], g[1], h[0], h[1], h[2], h[3] = -theta[0], 0, -1, 0, 0, 0
		return -theta[0] * theta[0] / 2
	}
	b := box{[]float64{-8, -5}, []float64{8, 5}}
	list := estimates(f, maximise(f, []float64{3, 1}, b), b, []string{"hump", "flat"}, 0)
	if list[0].Method != ByProfile || list[1].Method != ByProfile {
		t.Fatalf("%+v", list)
	}
	within(t, "low", list[0].Low, -normal95, 0.01)
	within(t, "high", list[0].High, normal95, 0.01)
	within(t, "low of the flat one", list[1].Low, -5, 0)
	within(t, "high of the flat one", list[1].High, 5, 0)
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		customers Customers
		o         Options
		is        error
		says      string
	}{
		"empty":         {is: ErrEmpty},
		"no weight":     {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}, Weight: []float64{0}}, is: ErrEmpty},
		"shapes":        {customers: Customers{X: []float64{1}}, is: ErrShape},
		"no repeats":    {customers: Customers{X: []float64{0, 0}, Tx: []float64{0, 0}, T: []float64{3, 4}}, is: ErrNoRepeat},
		"no time":       {customers: Customers{X: []float64{0}, Tx: []float64{0}, T: []float64{0}}, is: ErrNoTime},
		"negative":      {customers: Customers{X: []float64{-1}, Tx: []float64{0}, T: []float64{0}}, says: "row 0: x = -1"},
		"half":          {customers: Customers{X: []float64{.5}, Tx: []float64{1}, T: []float64{2}}, says: "whole number"},
		"NaN":           {customers: Customers{X: []float64{1}, Tx: []float64{math.NaN()}, T: []float64{2}}, says: "must be numbers"},
		"after":         {customers: Customers{X: []float64{1}, Tx: []float64{3}, T: []float64{2}}, says: "0 ≤ tx ≤ T"},
		"no recency":    {customers: Customers{X: []float64{1}, Tx: []float64{0}, T: []float64{2}}, says: "one-time buyer"},
		"weight":        {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}, Weight: []float64{-1}}, says: "weight -1"},
		"covariates":    {customers: Customers{X: []float64{1, 1}, Tx: []float64{1, 1}, T: []float64{2, 2}, Purchase: [][]float64{{1}, {}}}, says: "row 1"},
		"covariate NaN": {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}, Dropout: [][]float64{{math.NaN()}}}, says: "covariate"},
		"kind":          {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}}, o: Options{Kind: 9}, says: "no model"},
		"fractions":     {customers: Customers{X: []float64{1}, Tx: []float64{1.5}, T: []float64{2}}, o: Options{Kind: BGBB}, says: "whole numbers"},
		"BG/BB z":       {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}, Purchase: [][]float64{{1}}}, o: Options{Kind: BGBB}, says: "no covariates"},
		"NBD z":         {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}, Dropout: [][]float64{{1}}}, o: Options{Kind: NBD}, says: "no dropout"},
		"unit":          {customers: Customers{X: []float64{1}, Tx: []float64{1}, T: []float64{2}}, o: Options{UnitsPerYear: -1}, says: "-1 weeks a year"},
	} {
		m, err := Fit(c.customers, c.o)
		if m != nil || err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	for _, base := range [][]float64{{1, 1, 1}, {1, 1, 1, 0}, {1, 1, math.NaN(), 1}} {
		if _, err := Given(Options{}, base...); err == nil {
			t.Errorf("a model of %v", base)
		}
	}
	for name, m := range map[string]*Model{
		"no parameters": {}, "too few": {Kind: ParetoNBD, Base: []float64{1}}, "kind": {Kind: -1},
		"one dropout effect": {Base: []float64{1, 1, 1, 1}, DropoutEffects: [2][]float64{{1}, nil}},
		"dropout of NBD":     {Kind: NBD, Base: []float64{1, 1}, DropoutEffects: [2][]float64{{1}, nil}},
	} {
		if p, err := m.At(History{Dropout: []float64{1}}); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
		if s, err := m.Score(Customers{X: []float64{0}, Tx: []float64{0}, T: []float64{1}}, ScoreOptions{Horizon: 1}); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if _, err := FitSpend([]float64{0, 1, 2}, []float64{0, -5, 9}, nil); !errors.Is(err, ErrNoSpend) {
		t.Errorf("one usable customer: %v", err)
	}
	if _, err := FitSpend([]float64{1}, nil, nil); !errors.Is(err, ErrShape) {
		t.Errorf("shapes: %v", err)
	}
}

// Spend that is all the same, or of two values, is fitted and said to be.
func TestDegenerateSpend(t *testing.T) {
	s, err := FitSpend([]float64{1, 2, 3, 1, 0}, []float64{20, 20, 20, 20, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	finiteModel(t, "equal spend", s)
	if len(s.Boundary) != 2 || s.NoRepeat != 1 {
		t.Errorf("%+v", s)
	}
	v, ok := s.Expected(2, 20)
	if !ok {
		t.Error("no expectation")
	}
	within(t, "expected spend", v, 20, .1)
	if v, ok := s.Expected(2, -4); !ok || v != -4 {
		t.Errorf("a customer of returns is worth %v, %v", v, ok)
	}
}
