package sbg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Survival is the share of a cohort still there after t renewals,
// S(t) = B(α, β+t)/B(α, β); 1 for t ≤ 0.
func (m *Model) Survival(t int) float64 {
	s := 1.0
	for i := 1; i <= t; i++ {
		s *= m.Retention(i)
	}
	return s
}

// Retention is the share of those who come to renewal t, from 1, that pass it,
// r(t) = S(t)/S(t−1) = (β+t−1)/(α+β+t−1).
func (m *Model) Retention(t int) float64 { return 1 - hazard(m.u, m.v, max(t, 1)) }

// SurvivalInterval is the survival after t renewals with its standard error by
// the delta method and an interval symmetric for log(−log S).
func (m *Model) SurvivalInterval(t int, level float64) (share, se, lower, upper float64, err error) {
	if !(level > 0 && level < 1) {
		return 0, 0, 0, 0, fmt.Errorf("%w: the confidence level %v must lie between 0 and 1", ErrValue, level)
	}
	share = m.Survival(t)
	if t <= 0 || share <= 0 || share >= 1 {
		return share, 0, share, share, nil
	}
	se = share * m.logSurvivalSE(t)
	h := distuv.UnitNormal.Quantile(0.5+level/2) * se / (share * -math.Log(share))
	lower = math.Pow(share, math.Exp(h))
	upper = math.Pow(share, math.Exp(-h))
	return share, se, lower, upper, nil
}

// logSurvivalSE is the standard error of log S(t).
func (m *Model) logSurvivalSE(t int) float64 {
	switch m.Shape {
	case Homogeneous:
		return float64(t) * m.ChurnSE / (1 - m.Churn)
	case Stayers:
		return m.ChurnSE / (1 - m.Churn)
	case NoChurn, AllChurn:
		return 0
	}
	// d log r/dw = 1/(w−1) − 1/w along w = 1 + exp(p₁) + (t−1)·exp(p₀).
	var g [2]float64
	for i := 1; i <= t; i++ {
		k := float64(i-1) * m.u
		w := m.v + k
		d := 1/(w-1) - 1/w
		g[0] += d * k
		g[1] += d * (m.v - 1)
	}
	return math.Sqrt(max(0, g[0]*g[0]*m.cov[0][0]+2*g[0]*g[1]*m.cov[0][1]+g[1]*g[1]*m.cov[1][1]))
}

// Remaining is how many renewals a customer who has passed some is expected to
// pass still.
type Remaining struct {
	// Discounted is Σ_{k≥1} S(n+k)/S(n) / (1+d)^(k−1): the expected number of
	// further payments in money of the next renewal, which is when the first of
	// them is due (Fader & Hardie 2010, Marketing Science 29(1)). Finite for d > 0.
	Discounted float64
	// Within is the same sum without discount over the next Horizon renewals.
	Within  float64
	Horizon int
}

// Residual is the expected residual lifetime of a customer who has passed n
// renewals and is about to face the next, discounted at the rate d a period
// (0.1 is 10 %), and without discount within the horizon (in renewals). The
// infinite sum is cut where what is left of it is below 1e-12 of it.
func (m *Model) Residual(n int, d float64, horizon int) (Remaining, error) {
	if n < 0 || horizon < 0 || !(d >= minRate) || math.IsInf(d, 0) {
		return Remaining{}, fmt.Errorf("%w: %d renewals passed, a discount rate of %v and a horizon of %d; "+
			"the rate must be at least %g a period, or the sum may have no end", ErrValue, n, d, horizon, minRate)
	}
	r := Remaining{Horizon: horizon}
	stay, discount := 1.0, 1.0
	done := false
	for k := 1; k <= horizon || !done; k++ {
		stay *= m.Retention(n + k)
		if k <= horizon {
			r.Within += stay
		}
		if done {
			continue
		}
		term := stay * discount
		r.Discounted += term
		discount /= 1 + d
		// The terms fall by 1+d at least, so the rest is below term/d.
		done = term/d <= 1e-12*r.Discounted
	}
	return r, nil
}

// minRate keeps the sum within some millions of terms.
const minRate = 1e-5

// Tenure is the expected number of periods a new customer stays within the
// horizon, Σ S(t) for t = 0 … horizon−1.
func (m *Model) Tenure(horizon int) float64 {
	s, sum := 1.0, 0.0
	for t := 0; t < horizon; t++ {
		sum += s
		s *= m.Retention(t + 1)
	}
	return sum
}

// Comparison is the test that cohorts share one α and β.
type Comparison struct {
	ChiSquare float64
	DF        int
	P         float64
	Apart     []*Model // one a cohort, in their order
	Together  *Model
}

// Compare fits the cohorts together and apart. A cohort too short to be fitted
// alone is an error that names it.
func Compare(cohorts []Cohort) (*Comparison, error) {
	together, err := Fit(cohorts)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Together: together, P: 1}
	sum := 0.0
	for i := range cohorts {
		m, err := Fit(cohorts[i : i+1])
		if err != nil {
			return nil, fmt.Errorf("cohort %d %s alone: %w", i, cohorts[i].Name, err)
		}
		c.Apart = append(c.Apart, m)
		sum += m.LogLik
	}
	c.DF = 2 * (len(cohorts) - 1)
	c.ChiSquare = max(0, 2*(sum-together.LogLik))
	if c.DF > 0 {
		c.P = distuv.ChiSquared{K: float64(c.DF)}.Survival(c.ChiSquare)
	}
	return c, nil
}
