package clv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// life is one simulated customer: the times of repeat purchases, and of leaving.
type life struct {
	purchases []float64
	left      float64
}

// simulate lets a customer of the model live until the time end. It shares no
// formula with the package: rates are drawn and purchases happen.
func simulate(m *Model, h History, end float64, rng *rand.Rand) life {
	p := m.pointOf(h)
	if m.Kind == BGBB {
		buys := distuv.Beta{Alpha: p.v[0], Beta: p.v[1], Src: rng}.Rand()
		leaves := distuv.Beta{Alpha: p.v[2], Beta: p.v[3], Src: rng}.Rand()
		l := life{left: math.Inf(1)}
		for n := 1.0; n <= end; n++ {
			if rng.Float64() < leaves {
				l.left = n - 0.5
				break
			}
			if rng.Float64() < buys {
				l.purchases = append(l.purchases, n)
			}
		}
		return l
	}
	rate := distuv.Gamma{Alpha: p.v[0], Beta: p.v[1], Src: rng}.Rand()
	l := life{left: math.Inf(1)}
	drop := 0.0
	switch m.Kind {
	case ParetoNBD:
		l.left = rng.ExpFloat64() / distuv.Gamma{Alpha: p.v[2], Beta: p.v[3], Src: rng}.Rand()
	case BGNBD, MBGNBD:
		drop = distuv.Beta{Alpha: p.v[2], Beta: p.v[3], Src: rng}.Rand()
	}
	if m.Kind == MBGNBD && rng.Float64() < drop {
		return life{left: 0}
	}
	for t := 0.0; ; {
		t += rng.ExpFloat64() / rate
		if t > end || t > l.left || math.IsNaN(t) {
			return l
		}
		l.purchases = append(l.purchases, t)
		if rng.Float64() < drop {
			l.left = t
			return l
		}
	}
}

// history is what is known of a life at T.
func (l life) history(age float64) History {
	h := History{T: age}
	for _, t := range l.purchases {
		if t <= age {
			h.X++
			h.Tx = t
		}
	}
	return h
}

// worlds are models whose customers are simulated.
var worlds = []struct {
	kind     Kind
	base     []float64
	age, end float64
}{
	{MBGNBD, []float64{.525, 6.183, .891, 1.614}, 39, 52},
	{BGNBD, []float64{.243, 4.414, .793, 2.426}, 39, 52},
	{BGNBD, []float64{3, 20, 2.5, 4}, 30, 90},
	{ParetoNBD, []float64{.553, 10.578, .606, 11.669}, 39, 52},
	{ParetoNBD, []float64{2, 5, 3, 40}, 20, 30},
	{NBD, []float64{.385, 12.07}, 39, 52},
	{BGBB, []float64{1.204, .75, .657, 2.783}, 6, 5},
}

// TestWorlds compares every quantity with what simulated customers went on to
// do, in groups by the number of purchases, within 4.5 standard errors.
func TestWorlds(t *testing.T) {
	const customers = 15000
	for n, w := range worlds {
		t.Run(fmt.Sprintf("%v%v", w.kind, w.base), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(n), 9))
			m, err := Given(Options{Kind: w.kind}, w.base...)
			if err != nil {
				t.Fatal(err)
			}
			groups := map[string]*group{}
			for range customers {
				l := simulate(m, History{}, w.age+3*w.end, rng)
				h := l.history(w.age)
				p, err := m.At(h)
				if err != nil {
					t.Fatal(err)
				}
				key := fmt.Sprintf("x=%v", min(h.X, 3))
				if groups[key] == nil {
					groups[key] = &group{}
				}
				groups[key].add(p, l, w.age, w.end)
			}
			for key, g := range groups {
				for i, name := range quantities {
					if z := g[i].z(); math.Abs(z) > 4.5 {
						t.Errorf("%s %s: predicted %.5f, seen %.5f, %.1f standard errors of %d", key, name, g[i].predicted/g[i].n, g[i].seen/g[i].n, z, int(g[i].n))
					}
				}
			}
		})
	}
}

// tally compares predictions with outcomes.
type tally struct{ n, predicted, seen, difference2 float64 }

func (a *tally) add(predicted, seen float64) {
	a.n++
	a.predicted += predicted
	a.seen += seen
	a.difference2 += (seen - predicted) * (seen - predicted)
}

func (a *tally) z() float64 {
	if a.n < 50 || a.difference2 < 1e-6*a.n {
		if math.Abs(a.seen-a.predicted) > 1e-6*a.n && a.n >= 50 {
			return math.Inf(1)
		}
		return 0
	}
	return (a.seen - a.predicted) / math.Sqrt(a.difference2)
}

// group is one tally a quantity, in the order of quantities.
type group [7]tally

var quantities = [7]string{"alive", "expected", "none", "alive after", "next", "discounted", "exactly one"}

// add compares the predictions for one customer, made at its age, with its life.
func (g *group) add(p Posterior, l life, age, end float64) {
	const delta = 0.01
	var count, discounted float64
	next := math.Inf(1)
	for _, t := range l.purchases {
		if t <= age {
			continue
		}
		next = min(next, t-age)
		if t <= age+end {
			count++
			discounted += math.Exp(-delta * (t - age))
		}
	}
	g[0].add(p.Alive, yes(l.left > age))
	g[1].add(p.Expected(end), count)
	g[2].add(p.None(end), yes(count == 0))
	_, discrete := p.future.(discreteFuture)
	half := end / 2
	if discrete {
		half = math.Floor(half)
	}
	g[3].add(p.AliveAfter(half), yes(l.left > age+half))
	if by, ok := p.Next(0.3); ok && by < 3*end && !discrete {
		g[4].add(0.3, yes(next <= by))
	}
	g[5].add(p.Discounted(end, delta), discounted)
	g[6].add(p.Probabilities(end, 1)[1], yes(count == 1))
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestRecovery plants parameters and finds them within 3 standard errors, with
// intervals that hold them about as often as they say; covariates included.
func TestRecovery(t *testing.T) {
	for _, w := range []struct {
		kind              Kind
		base              []float64
		purchase, dropout []float64
		dropoutB          []float64
		age               float64
	}{
		{kind: NBD, base: []float64{.8, 9}, age: 40},
		{kind: MBGNBD, base: []float64{.9, 5, .9, 2}, age: 50},
		{kind: BGNBD, base: []float64{.9, 5, .9, 2}, age: 50},
		{kind: ParetoNBD, base: []float64{.9, 5, .8, 12}, age: 50},
		{kind: BGBB, base: []float64{1.2, .75, .66, 2.8}, age: 8},
		{kind: NBD, base: []float64{.8, 9}, purchase: []float64{.7}, age: 40},
		{kind: MBGNBD, base: []float64{.9, 5, .9, 2}, purchase: []float64{.5, -.3}, dropout: []float64{.4}, dropoutB: []float64{-.5}, age: 50},
		{kind: BGNBD, base: []float64{.9, 5, .9, 2}, purchase: []float64{.5}, dropout: []float64{.4}, dropoutB: []float64{-.5}, age: 50},
		{kind: ParetoNBD, base: []float64{.9, 5, .8, 12}, purchase: []float64{.5}, dropout: []float64{.8}, age: 50},
	} {
		t.Run(fmt.Sprintf("%v%v", w.kind, w.purchase), func(t *testing.T) {
			truth := &Model{Kind: w.kind, Base: w.base, PurchaseEffects: w.purchase, DropoutEffects: [2][]float64{w.dropout, w.dropoutB}}
			planted := slices.Concat(w.base, w.purchase, w.dropout, w.dropoutB)
			inside, all := 0, 0
			const repeats = 5
			for seed := range uint64(repeats) {
				c := world(truth, 4000, w.age, rand.New(rand.NewPCG(seed, seed+1000)))
				m, err := Fit(c, Options{Kind: w.kind})
				if err != nil {
					t.Fatal(err)
				}
				for i, e := range m.Parameters {
					z := math.Abs(e.Value-planted[i]) / e.SE
					if i < len(w.base) { // positive ones are judged on the log scale
						z = math.Abs(math.Log(e.Value/planted[i])) * e.Value / e.SE
					}
					if !(z < 3.5) {
						t.Errorf("seed %d: %s = %.4f ± %.4f, planted %v", seed, e.Name, e.Value, e.SE, planted[i])
					}
					all++
					if e.Low <= planted[i] && planted[i] <= e.High {
						inside++
					}
				}
			}
			// 95 % of all, less three standard deviations of such a count; the
			// parameters of one fit err together, some two of them at a time.
			if least := 0.95*float64(all) - 3*math.Sqrt(2*float64(all)*.95*.05); float64(inside) < least {
				t.Errorf("%d of %d intervals hold the planted value", inside, all)
			}
		})
	}
}

// world simulates customers of different ages with covariates 0/1 and N(0, 1).
func world(m *Model, n int, age float64, rng *rand.Rand) Customers {
	var c Customers
	for range n {
		var h History
		for i := range m.PurchaseEffects {
			h.Purchase = append(h.Purchase, covariate(i, rng))
		}
		for i := range m.DropoutEffects[0] {
			h.Dropout = append(h.Dropout, covariate(i, rng))
		}
		a := math.Ceil(age * (0.5 + 0.5*rng.Float64()))
		seen := simulate(m, h, a, rng).history(a)
		c.X, c.Tx, c.T = append(c.X, seen.X), append(c.Tx, seen.Tx), append(c.T, seen.T)
		if h.Purchase != nil {
			c.Purchase = append(c.Purchase, h.Purchase)
		}
		if h.Dropout != nil {
			c.Dropout = append(c.Dropout, h.Dropout)
		}
	}
	return c
}

func covariate(i int, rng *rand.Rand) float64 {
	if i == 0 {
		return float64(rng.IntN(2))
	}
	return rng.NormFloat64()
}

// TestPredictionIntervals: 80 % intervals hold at least 80 % of what simulated
// customers did, and totals lie in theirs.
func TestPredictionIntervals(t *testing.T) {
	for n, w := range worlds {
		rng := rand.New(rand.NewPCG(uint64(n), 5))
		m, err := Given(Options{Kind: w.kind}, w.base...)
		if err != nil {
			t.Fatal(err)
		}
		var c Customers
		var later []float64
		for range 4000 {
			l := simulate(m, History{}, w.age+w.end, rng)
			h := l.history(w.age)
			c.X, c.Tx, c.T = append(c.X, h.X), append(c.Tx, h.Tx), append(c.T, h.T)
			later = append(later, float64(len(l.purchases))-h.X)
		}
		v, err := m.Validate(c, later, w.end)
		if err != nil {
			t.Fatal(err)
		}
		if v.Coverage < 0.78 || v.Coverage > 0.99 {
			t.Errorf("%v: 80 %% intervals hold %.3f", w.kind, v.Coverage)
		}
		_, low, high, err := m.Total(c, w.end, 0.999)
		if err != nil || v.Actual < low || v.Actual > high {
			t.Errorf("%v: %v purchases, interval %.0f to %.0f, %v", w.kind, v.Actual, low, high, err)
		}
		h, err := m.Histogram(c, 6)
		if err != nil {
			t.Fatal(err)
		}
		limit := distuv.ChiSquared{K: float64(len(h.Expected) - 1)}.Quantile(0.9995)
		if h.ChiSquare > limit {
			t.Errorf("%v: histogram χ² = %.1f above %.1f: %v %v", w.kind, h.ChiSquare, limit, h.Observed, h.Expected)
		}
	}
}

// Spend planted and found; customers with the same mean spend give an interval
// of the true mean that holds it.
func TestSpendRecovery(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	truth := &Spend{P: 5, Q: 4, Gamma: 16}
	var x, z []float64
	held, n := 0.0, 3000
	for range n {
		rate := distuv.Gamma{Alpha: truth.Q, Beta: truth.Gamma, Src: rng}.Rand()
		k := float64(1 + rng.IntN(6))
		mean := distuv.Gamma{Alpha: truth.P * k, Beta: rate, Src: rng}.Rand() / k
		x, z = append(x, k), append(z, mean)
		if low, high, ok := truth.Interval(k, mean, 0.9); ok && low <= truth.P/rate && truth.P/rate <= high {
			held++
		}
	}
	within(t, "coverage", held/float64(n), 0.9, 0.02)
	s, err := FitSpend(x, z, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{5, 4, 16} {
		if e := s.Parameters[i]; math.Abs(e.Value-want) > 3*e.SE {
			t.Errorf("%s = %.3f ± %.3f, planted %v", e.Name, e.Value, e.SE, want)
		}
	}
	if s.Independence.Warning != "" {
		t.Errorf("independent spend: %+v", s.Independence)
	}
}
