package clv

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Spend is a fitted Gamma-Gamma model of the mean spend a purchase: amounts of
// one customer are Gamma(p, ν), and ν differs between customers as Gamma(q,
// gamma) (Colombo & Jiang 1999; Fader & Hardie 2013). It takes spend to be
// independent of how often a customer buys: see Independence.
type Spend struct {
	P, Q, Gamma float64
	Parameters  []Estimate

	LogLikelihood float64
	AIC, BIC      float64
	Customers     float64 // sum of weights of the repeat buyers it was fitted on
	NoRepeat      float64 // customers left out because they bought once
	NotUsable     float64 // repeat buyers left out because their mean spend is not positive
	Starts        int
	Agreeing      int
	Iterations    int
	Converged     bool
	Boundary      []string
	Independence  Independence
}

// ErrNoSpend says that there is no spend to learn from.
var ErrNoSpend = errors.New("clv: fewer than two repeat buyers have a positive mean spend: a spend model has nothing to learn from")

// FitSpend fits Gamma-Gamma to the number of repeat purchases x, their mean
// spend (money) and the weights of the customers (nil: one each). Customers
// without repeats and those whose mean is not positive are left out and
// counted. Errors: ErrShape, ErrNoSpend, *RowError.
func FitSpend(x, mean, weight []float64) (*Spend, error) {
	if len(mean) != len(x) || weight != nil && len(weight) != len(x) {
		return nil, ErrShape
	}
	s := &Spend{}
	rows, err := s.usable(x, mean, weight)
	if err != nil {
		return nil, err
	}
	var sum float64
	for _, r := range rows {
		sum += r.w * r.z
	}
	typical := sum / s.Customers
	bounds := box{
		low:  []float64{math.Log(1e-4), math.Log(1e-4), math.Log(1e-6 * typical)},
		high: []float64{math.Log(highShape), math.Log(highShape), math.Log(highScale * typical)},
	}
	f := spendObjective(rows)
	var found []optimum
	best := 0
	for i, v := range [][3]float64{{5, 4, 3}, {1, 2, 1}, {30, 10, 9}} {
		start := []float64{math.Log(v[0]), math.Log(v[1]), math.Log(v[2] * typical / v[0])}
		found = append(found, maximise(f, start, bounds, found...))
		if found[i].value > found[best].value {
			best = i
		}
	}
	o := found[best]
	for _, x := range found {
		if o.value-x.value < 0.01 {
			s.Agreeing++
		}
	}
	s.Starts, s.Iterations, s.Converged, s.LogLikelihood = len(found), o.iterations, o.converged, o.value
	s.AIC, s.BIC = 6-2*o.value, 3*math.Log(s.Customers)-2*o.value
	s.Parameters = estimates(f, o, bounds, []string{"p", "q", "gamma"}, 3)
	s.P, s.Q, s.Gamma = s.Parameters[0].Value, s.Parameters[1].Value, s.Parameters[2].Value
	if s.P > highShape/2 {
		s.Boundary = append(s.Boundary, "a customer spends the same amount every time")
	}
	if s.Q > highShape/2 {
		s.Boundary = append(s.Boundary, "all customers have the same mean spend: no difference between them was found")
	}
	if s.Q <= 1 {
		s.Boundary = append(s.Boundary, "the mean spend of a new customer is not finite (q ≤ 1): a few customers spend beyond measure")
	}
	return s, nil
}

type spendRow struct{ x, z, w float64 }

// usable keeps the repeat buyers with positive spend, in order of x and spend.
func (s *Spend) usable(x, mean, weight []float64) ([]spendRow, error) {
	var rows []spendRow
	for i := range x {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		switch {
		case !finite(x[i]) || x[i] < 0 || x[i] != math.Trunc(x[i]):
			return nil, &RowError{i, "x must be a whole number, not negative"}
		case !finite(mean[i]):
			return nil, &RowError{i, "the mean spend must be a number"}
		case !finite(w) || w < 0:
			return nil, &RowError{i, "the weight must be a number, not negative"}
		case x[i] == 0:
			s.NoRepeat += w
		case mean[i] <= 0:
			s.NotUsable += w
		case w > 0:
			rows = append(rows, spendRow{x[i], mean[i], w})
		}
	}
	slices.SortFunc(rows, func(a, b spendRow) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.z, b.z), cmp.Compare(a.w, b.w))
	})
	for _, r := range rows {
		s.Customers += r.w
	}
	if s.Customers < 2 {
		return nil, ErrNoSpend
	}
	s.Independence = independence(rows)
	return rows, nil
}

// spendObjective is the log-likelihood over rows in order of x, on the
// logarithms of p, q, gamma.
func spendObjective(rows []spendRow) objective {
	logs := make([]float64, len(rows))
	for i, r := range rows {
		logs[i] = math.Log(r.z)
	}
	return func(theta, g, h []float64) float64 {
		p, q, c := math.Exp(theta[0]), math.Exp(theta[1]), math.Exp(theta[2])
		clear(g)
		clear(h)
		var ll float64
		gammaQ, _ := math.Lgamma(q)
		psiQ, triQ := polygamma(q)
		for i := 0; i < len(rows); {
			x := rows[i].x
			both, _ := math.Lgamma(p*x + q)
			own, _ := math.Lgamma(p * x)
			psiBoth, triBoth := polygamma(p*x + q)
			psiOwn, triOwn := polygamma(p * x)
			n := p*x + q
			for ; i < len(rows) && rows[i].x == x; i++ {
				r := rows[i]
				y := c + x*r.z
				log, u := math.Log(y), c/y
				ll += r.w * (both - own - gammaQ + q*theta[2] + (p*x-1)*logs[i] + p*x*math.Log(x) - n*log)
				gp := p * x * (psiBoth - psiOwn + logs[i] + math.Log(x) - log)
				gq := q * (psiBoth - psiQ + theta[2] - log)
				g[0] += r.w * gp
				g[1] += r.w * gq
				g[2] += r.w * (q - n*u)
				h[0] += r.w * (gp + p*x*p*x*(triBoth-triOwn))
				h[1] += r.w * p * x * q * triBoth
				h[2] -= r.w * p * x * u
				h[4] += r.w * (gq + q*q*(triBoth-triQ))
				h[5] += r.w * q * (1 - u)
				h[8] -= r.w * n * u * (1 - u)
			}
		}
		h[3], h[6], h[7] = h[1], h[2], h[5]
		return ll
	}
}

// Mean is the mean spend a purchase over all customers, p·gamma/(q−1), which is
// also the expectation for a new one; false where it is not finite.
func (s *Spend) Mean() (float64, bool) {
	if s.Q <= 1 {
		return 0, false
	}
	return s.P * s.Gamma / (s.Q - 1), true
}

// Expected is the expected mean spend of a customer's purchases to come, given x
// repeat purchases with the mean so far: p·(gamma+x·mean)/(p·x+q−1). One-time
// buyers get Mean. A customer whose mean is not positive (returns) is outside of
// the model and keeps its own mean, so that it is shown and not hidden. False
// where it is not finite.
func (s *Spend) Expected(x, mean float64) (float64, bool) {
	switch {
	case x <= 0:
		return s.Mean()
	case mean <= 0:
		return mean, finite(mean)
	case s.P*x+s.Q <= 1:
		return 0, false
	}
	v := s.P * (s.Gamma + x*mean) / (s.P*x + s.Q - 1)
	return v, finite(v)
}

// Interval holds the customer's true mean spend with the probability level; it
// is not that of a single purchase. False for a customer outside of the model.
func (s *Spend) Interval(x, mean, level float64) (low, high float64, ok bool) {
	if x < 0 || x > 0 && mean <= 0 || !(level > 0 && level < 1) {
		return 0, 0, false
	}
	if x == 0 {
		mean = 0
	}
	shape, rate := s.P*x+s.Q, s.Gamma+x*mean
	low = s.P * rate / mathext.GammaIncRegInv(shape, (1+level)/2)
	high = s.P * rate / mathext.GammaIncRegInv(shape, (1-level)/2)
	return low, high, finite(low) && finite(high)
}
