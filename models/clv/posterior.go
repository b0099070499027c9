package clv

import (
	"fmt"
	"math"
)

// future is what a customer who is alive now will do; its parameters already
// carry what was learned from the past.
type future interface {
	// expected is the mean number of purchases in (0, t].
	expected(t float64) float64
	// some is the probability of a purchase in (0, t].
	some(t float64) float64
	// probabilities are those of 0 … n purchases in (0, t].
	probabilities(t float64, n int) []float64
	// survival is the probability of still being alive at t.
	survival(t float64) float64
	// lifetime is the mean time until dropout; false when it is infinite.
	lifetime() (mean float64, finite bool)
	// discounted is the mean of the sum of exp(−delta·t) over all purchases to
	// come, delta > 0.
	discounted(delta float64) float64
	// next is the time by which the next purchase has come with probability q;
	// false when that never happens.
	next(q float64) (t float64, ok bool)
}

// Posterior is what the model knows about one customer after its history. All
// times count from the as-of date, in the model's unit. The parameters are
// taken as known: their own uncertainty is in Model.Parameters.
type Posterior struct {
	Alive  float64 // P(alive): the probability that the customer has not left
	future future
}

// At is the posterior of a customer. The history of a new customer is the zero
// History (with its covariates): what follows is then unconditional. The error is
// a *RowError with row 0, or says how many covariates the model has.
func (m *Model) At(h History) (Posterior, error) {
	if err := m.check(); err != nil {
		return Posterior{}, err
	}
	if p := h.problem(m.Kind); p != "" {
		return Posterior{}, &RowError{0, p}
	}
	if len(h.Purchase) != len(m.PurchaseEffects) || len(h.Dropout) != len(m.DropoutEffects[0]) {
		return Posterior{}, fmt.Errorf("clv: the model has %d covariates of purchases and %d of dropout; the customer %d and %d",
			len(m.PurchaseEffects), len(m.DropoutEffects[0]), len(h.Purchase), len(h.Dropout))
	}
	return m.at(h), nil
}

// check finds a model put together by hand whose parts do not fit each other.
func (m *Model) check() error {
	if names := m.Kind.ParameterNames(); names == nil || len(m.Base) != len(names) {
		return fmt.Errorf("clv: %v has the parameters %v; the model has %d", m.Kind, names, len(m.Base))
	}
	for i, v := range m.Base {
		if !(v > 0) || !finite(v) {
			return fmt.Errorf("clv: %s = %v; want a positive number", m.Kind.ParameterNames()[i], v)
		}
	}
	first, second := len(m.DropoutEffects[0]), len(m.DropoutEffects[1])
	want := 0
	if m.Kind == BGNBD || m.Kind == MBGNBD {
		want = first
	}
	if second != want || (m.Kind == NBD || m.Kind == BGBB) && first > 0 || m.Kind == BGBB && len(m.PurchaseEffects) > 0 {
		return fmt.Errorf("clv: %v cannot have %d effects on purchases and %d and %d on dropout", m.Kind, len(m.PurchaseEffects), first, second)
	}
	return nil
}

// at is At for a customer known to be valid.
func (m *Model) at(h History) Posterior {
	p := m.pointOf(h)
	r, alpha := p.v[0]+h.X, p.v[1]+h.T
	switch m.Kind {
	case BGBB:
		return betaPosterior(p, h)
	case ParetoNBD:
		alive := 1.0
		if h.T > h.Tx {
			stay := -r*math.Log(alpha) - p.v[2]*math.Log(p.v[3]+h.T)
			left := p.log[2] + leaving(r, p.v[1], p.v[2]+1, p.v[3], h.Tx, h.T, nil)
			alive = 1 / (1 + math.Exp(left-stay))
		}
		return Posterior{alive, paretoFuture{r, alpha, p.v[2], p.v[3] + h.T}}
	case NBD:
		return Posterior{1, gammaFuture{r, alpha}}
	}
	k := h.X
	if m.Kind == MBGNBD {
		k++
	}
	alive := 1.0
	if k > 0 {
		alive = 1 / (1 + math.Exp(p.log[2]-math.Log(p.v[3]+k-1)+r*math.Log(alpha/(p.v[1]+h.Tx))))
	}
	return Posterior{alive, betaFuture{r, alpha, p.v[2], p.v[3] + k}}
}

// pointOf is the parameters of one customer.
func (m *Model) pointOf(h History) point {
	d := newDesign(m.Kind, len(m.PurchaseEffects), len(m.DropoutEffects[0]))
	theta := make([]float64, 0, d.base+len(d.effects))
	for _, v := range m.Base {
		theta = append(theta, math.Log(v))
	}
	theta = append(append(append(theta, m.PurchaseEffects...), m.DropoutEffects[0]...), m.DropoutEffects[1]...)
	return d.point(theta, &block{purchase: h.Purchase, dropout: h.Dropout})
}

// LogLikelihoodOf is the log-likelihood of one customer.
func (m *Model) LogLikelihoodOf(h History) (float64, error) {
	if _, err := m.At(h); err != nil {
		return 0, err
	}
	p := m.pointOf(h)
	var s sums
	if m.Kind == BGBB {
		newBetaLadders(p, int(h.T)).row(int(h.X), int(h.Tx), int(h.T), &s)
		return s.ll, nil
	}
	kern := kernelOf(m.Kind)
	kern.cell(&p, h.X, 1, &s)
	early, late := p.moment(h.Tx), p.moment(h.T)
	kern.row(&p, h.X, 1, &early, &late, &s)
	return s.ll, nil
}

// Expected is the expected number of purchases in (T, T+t].
func (p Posterior) Expected(t float64) float64 {
	if !(t > 0) {
		return 0
	}
	return p.Alive * p.future.expected(t)
}

// None is the probability of no purchase in (T, T+t]: churn over a horizon.
func (p Posterior) None(t float64) float64 {
	if !(t > 0) {
		return 1
	}
	return 1 - p.Alive*p.future.some(t)
}

// AliveAfter is the probability of being alive at T+t.
func (p Posterior) AliveAfter(t float64) float64 {
	if !(t > 0) {
		return p.Alive
	}
	return p.Alive * p.future.survival(t)
}

// Probabilities are those of exactly 0 … n purchases in (T, T+t].
func (p Posterior) Probabilities(t float64, n int) []float64 {
	if n < 0 {
		return nil
	}
	list := make([]float64, n+1)
	if t > 0 {
		for i, v := range p.future.probabilities(t, n) {
			list[i] = p.Alive * v
		}
		list[0] += 1 - p.Alive
		return list
	}
	list[0] = 1
	return list
}

// Interval is the prediction interval of the number of purchases in (T, T+t]:
// from the exact distribution, the smallest counts below which, and up to
// which, lie (1−level)/2 and (1+level)/2 of it. level lies in (0, 1).
func (p Posterior) Interval(t, level float64) (low, high int) {
	tail := (1 - min(max(level, 0), 1-1e-9)) / 2
	mean := p.Expected(t)
	for n := 16 + int(2*mean+8*math.Sqrt(mean)); ; n *= 2 {
		var sum float64
		low = -1
		for k, v := range p.Probabilities(t, n) {
			sum += v
			if low < 0 && sum > tail {
				low = k
			}
			if sum >= 1-tail {
				return low, k
			}
		}
		if n > 1<<22 {
			return max(low, 0), n
		}
	}
}

// Next is the time by which the next purchase has come with probability q, be
// the customer alive or not: q = 0.5 for the median. It is false when the
// probability that any purchase comes at all is below q.
func (p Posterior) Next(q float64) (t float64, ok bool) {
	if !(q > 0) || q >= p.Alive {
		return 0, false
	}
	return p.future.next(q / p.Alive)
}

// NextIfAlive is Next given that the customer is alive at T.
func (p Posterior) NextIfAlive(q float64) (t float64, ok bool) {
	if !(q > 0) || q >= 1 {
		return 0, false
	}
	return p.future.next(q)
}

// Lifetime is the expected time left until dropout, 0 for those who have left;
// false where it is infinite, which it is for most fitted models: few customers
// who never leave make the mean. LifetimeQuantile is then the one to show.
func (p Posterior) Lifetime() (mean float64, ok bool) {
	mean, ok = p.future.lifetime()
	return p.Alive * mean, ok
}

// LifetimeQuantile is the time left by which a customer who is alive now has
// left with probability q; false when that never happens.
func (p Posterior) LifetimeQuantile(q float64) (t float64, ok bool) {
	if !(q > 0) || q >= 1 {
		return 0, false
	}
	return invert(func(t float64) float64 { return 1 - p.future.survival(t) }, q)
}

// Discounted is the expected number of purchases in (T, T+t], each discounted by
// exp(−delta·time); see Model.DiscountRate for delta. With E(u) expected by time u
// it is exp(−delta·t)·E(t) + delta·∫ exp(−delta·u)·E(u) du, integrated numerically:
// the limit of the usual sum over periods. BG/BB is that sum, an opportunity
// being the end of its period.
func (p Posterior) Discounted(t, delta float64) float64 {
	if !(t > 0) {
		return 0
	}
	if f, discrete := p.future.(discreteFuture); discrete {
		return p.Alive * f.discountedUntil(t, delta)
	}
	// Nodes crowd at 0, where E bends most.
	panels := 1 + int(min(math.Abs(delta)*t/8, 64))
	var integral float64
	for k := range panels {
		for i, node := range gauss16.x {
			v := (float64(k) + (node+1)/2) / float64(panels)
			u := t * v * v
			integral += gauss16.w[i] / float64(panels) * t * v * math.Exp(-delta*u) * p.future.expected(u)
		}
	}
	return p.Alive * (math.Exp(-delta*t)*p.future.expected(t) + delta*integral)
}

// DiscountedForever is Discounted without a horizon: DET, also called DERT
// (Fader, Hardie & Lee 2005). False when delta is not positive: the sum is
// then infinite for most models.
func (p Posterior) DiscountedForever(delta float64) (det float64, ok bool) {
	if !(delta > 0) || !finite(delta) {
		return 0, false
	}
	det = p.Alive * p.future.discounted(delta)
	return det, finite(det)
}

// DiscountRate is the rate a unit of time for an annual interest rate (0.15 for
// 15 %): ln(1+annual) / units a year.
func (m *Model) DiscountRate(annual float64) float64 {
	return math.Log1p(annual) / m.UnitsPerYear
}

// invert finds the smallest t with f(t) ≥ q for a rising f, up to 10¹² units.
func invert(f func(float64) float64, q float64) (t float64, ok bool) {
	high := 1.0
	for f(high) < q {
		if high *= 4; high > 1e12 {
			return 0, false
		}
	}
	low := 0.0
	for low == 0 && high > 1e-12 {
		if f(high/4) < q {
			low = high / 4
			break
		}
		high /= 4
	}
	for high-low > 1e-10*high {
		middle := (low + high) / 2
		if f(middle) < q {
			low = middle
		} else {
			high = middle
		}
	}
	return high, true
}
