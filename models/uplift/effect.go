package uplift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Outcomes are those of the customers of one arm, one element a customer.
type Outcomes struct {
	Y []float64 // response 0 or 1, or an amount in money
}

// Effect is a treatment's effect on a mean or a rate.
type Effect struct {
	Treated, Control   float64 // means
	NTreated, NControl int
	Lift               float64 // Treated − Control
	SE                 float64 // √(s²t/nt + s²c/nc); for rates s² = p·(1−p)
	Low, High          float64 // 95 % interval of Lift
	Z, P               float64 // two-sided test of no effect
	Relative           float64 // Lift over Control, 0 when Control is 0
	Method             string  // of interval and test, in plain words
}

const normal975 = 1.959963984540054

// Compare measures the difference of the means of two arms drawn at random.
// Rates with fewer than 5 responders (or others) in an arm get Newcombe's
// (1998) interval and Fisher's exact test instead of the normal ones, which
// are wrong there.
func Compare(treated, control Outcomes) (*Effect, error) {
	t, err := momentsOf(treated.Y)
	if err != nil {
		return nil, fmt.Errorf("treated: %w", err)
	}
	c, err := momentsOf(control.Y)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	if t.binary && c.binary {
		return Rates(int(t.sum), t.n, int(c.sum), c.n)
	}
	return means(treated.Y, control.Y)
}

// CompareAmounts is Compare for amounts, even if all of them happen to be 0 or 1.
func CompareAmounts(treated, control []float64) (*Effect, error) { return means(treated, control) }

func means(treated, control []float64) (*Effect, error) {
	t, err := momentsOf(treated)
	if err != nil {
		return nil, fmt.Errorf("treated: %w", err)
	}
	c, err := momentsOf(control)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	if t.n < 2 || c.n < 2 {
		return nil, fmt.Errorf("%w: %d treated and %d control customers", ErrNoContrast, t.n, c.n)
	}
	e := &Effect{Treated: t.mean, Control: c.mean, NTreated: t.n, NControl: c.n, Method: "normal, unequal variances"}
	e.SE = math.Sqrt(t.square/float64(t.n-1)/float64(t.n) + c.square/float64(c.n-1)/float64(c.n))
	e.finish()
	return e, nil
}

// Rates measures the difference of two response rates: responders of n.
func Rates(treated, nTreated, control, nControl int) (*Effect, error) {
	if nTreated < 1 || nControl < 1 {
		return nil, fmt.Errorf("%w: %d treated and %d control customers", ErrNoContrast, nTreated, nControl)
	}
	if treated < 0 || treated > nTreated || control < 0 || control > nControl {
		return nil, fmt.Errorf("%w: %d responders of %d treated, %d of %d control", ErrValue, treated, nTreated, control, nControl)
	}
	nt, nc := float64(nTreated), float64(nControl)
	pt, pc := float64(treated)/nt, float64(control)/nc
	e := &Effect{Treated: pt, Control: pc, NTreated: nTreated, NControl: nControl, Method: "normal"}
	e.SE = math.Sqrt(pt*(1-pt)/nt + pc*(1-pc)/nc)
	e.finish()
	const few = 5
	if min(treated, nTreated-treated, control, nControl-control) < few {
		e.Method = "Newcombe's interval, Fisher's exact test: few responders"
		tl, th := wilson(pt, nt)
		cl, ch := wilson(pc, nc)
		e.Low = e.Lift - math.Hypot(pt-tl, ch-pc)
		e.High = e.Lift + math.Hypot(th-pt, pc-cl)
		e.P = fisher(treated, nTreated, control, nControl)
	}
	return e, nil
}

func (e *Effect) finish() {
	e.Lift = e.Treated - e.Control
	if e.Control != 0 {
		e.Relative = e.Lift / e.Control
	}
	e.Low, e.High, e.P = e.Lift-normal975*e.SE, e.Lift+normal975*e.SE, 1
	if e.SE > 0 {
		e.Z = e.Lift / e.SE
		e.P = math.Erfc(math.Abs(e.Z) / math.Sqrt2)
	}
}

// moments of a list of outcomes.
type moments struct {
	n         int
	sum, mean float64
	square    float64 // Σ (y − mean)²
	binary    bool
}

func momentsOf(y []float64) (moments, error) {
	m := moments{n: len(y), binary: true}
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return m, fmt.Errorf("%w: outcome %v in row %d", ErrValue, v, i)
		}
		m.sum += v
		m.binary = m.binary && (v == 0 || v == 1)
	}
	if m.n == 0 {
		return m, fmt.Errorf("%w: no customers", ErrNoContrast)
	}
	m.mean = m.sum / float64(m.n)
	for _, v := range y {
		m.square += (v - m.mean) * (v - m.mean)
	}
	return m, nil
}

// wilson is the 95 % score interval of a rate.
func wilson(p, n float64) (low, high float64) {
	const z2 = normal975 * normal975
	mid := (p + z2/2/n) / (1 + z2/n)
	half := normal975 / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/4/n/n)
	return max(0, mid-half), min(1, mid+half)
}

// fisher is the two-sided exact p of equal rates: the tables of the same
// margins that are at most as likely as the one seen.
func fisher(a, na, b, nb int) float64 {
	k, n := a+b, na+nb
	table := func(x int) float64 { return logChoose(na, x) + logChoose(nb, k-x) - logChoose(n, k) }
	seen := table(a)
	var p float64
	for x := max(0, k-nb); x <= min(k, na); x++ {
		if l := table(x); l <= seen+1e-7 {
			p += math.Exp(l)
		}
	}
	return min(p, 1)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// normalQuantile is z with P(Z ≤ z) = p.
func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }
