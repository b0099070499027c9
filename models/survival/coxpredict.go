package survival

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// BaselineHazard is the cumulative hazard of one stratum for a row whose
// covariates are all at their means, by the ties of the fit.
type BaselineHazard struct {
	Stratum   int       // the caller's code; 0 without strata
	Last      float64   // longest time seen, by event or not
	Time      []float64 // event times, ascending
	CumHazard []float64 // up to and including each

	// The logarithm of CumHazard, its variance with the coefficients known
	// over its square, and the mean of the scaled covariates over it: in this
	// form none of them overflows whatever the coefficients.
	log      []float64
	variance []float64
	mean     [][]float64
}

// baseline sums the hazard of every stratum (Breslow 1974, with Efron's
// correction for ties when the fit used it) and what its variance needs.
func (m *Cox) baseline() {
	r := m.risk
	m.Baseline = make([]BaselineHazard, r.order.strata())
	for st, code := range r.order.codes {
		m.Baseline[st].Stratum = code
		if from := r.order.bounds[st]; from < r.order.bounds[st+1] {
			m.Baseline[st].Last = r.time[from]
		}
	}
	r.walk(m.beta, false, func(set *riskSet) {
		b := &m.Baseline[set.stratum]
		b.Time = append(b.Time, set.time)
		b.log = append(b.log, math.Log(set.a)-set.shift)
		b.variance = append(b.variance, set.c0/(set.a*set.a))
		mean := make([]float64, r.p)
		for j := range mean {
			mean[j] = (set.c0*set.s1[j] - set.c1*set.d1[j]) / set.a
		}
		b.mean = append(b.mean, mean)
	})
	for st := range m.Baseline {
		m.Baseline[st].accumulate()
	}
}

// accumulate turns the hazards of the event times, latest first, into their
// sums, earliest first.
func (b *BaselineHazard) accumulate() {
	slices.Reverse(b.Time)
	slices.Reverse(b.log)
	slices.Reverse(b.variance)
	slices.Reverse(b.mean)
	b.CumHazard = make([]float64, len(b.Time))
	for i := range b.Time {
		if i > 0 {
			high := max(b.log[i], b.log[i-1])
			sum := high + math.Log(math.Exp(b.log[i]-high)+math.Exp(b.log[i-1]-high))
			before, here := math.Exp(b.log[i-1]-sum), math.Exp(b.log[i]-sum)
			b.log[i] = sum
			b.variance[i] = before*before*b.variance[i-1] + here*here*b.variance[i]
			for j := range b.mean[i] {
				b.mean[i][j] = before*b.mean[i-1][j] + here*b.mean[i][j]
			}
		}
		b.CumHazard[i] = finiteExp(b.log[i])
	}
}

// Linear is the log hazard of a row relative to one at the means. x has one
// value a covariate, in the order of the fit.
func (m *Cox) Linear(x []float64) (float64, error) {
	if err := m.fits(x); err != nil {
		return 0, err
	}
	sum := 0.0
	for j, c := range m.Coefficients {
		sum += c.Beta * (x[j] - c.Mean)
	}
	return sum, nil
}

func (m *Cox) fits(x []float64) error {
	if len(x) != len(m.Coefficients) {
		return fmt.Errorf("%w: %d values for %d covariates", ErrShape, len(x), len(m.Coefficients))
	}
	for j, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: %s is %v", ErrValue, m.Coefficients[j].Name, v)
		}
	}
	return nil
}

// Predicted is a predicted survival curve at one event time; it holds from Time
// to the next.
type Predicted struct {
	Time      float64
	CumHazard float64
	Survival  float64 // exp(−CumHazard)
	SE        float64 // of Survival
	Lower     float64
	Upper     float64
}

// Survival predicts the curve of a row with the values x in a stratum (its
// code; 0 without strata), with the error of both the hazard and the
// coefficients (Therneau & Grambsch 2000, 10.2). Infinite coefficients are
// taken as where the iteration stopped, without error.
func (m *Cox) Survival(x []float64, stratum int) ([]Predicted, error) {
	b, eta, err := m.stratum(x, stratum)
	if err != nil {
		return nil, err
	}
	z := m.scaled(x)
	curve := make([]Predicted, len(b.Time))
	for i := range curve {
		curve[i] = m.predict(b, i, eta, z)
	}
	return curve, nil
}

// SurvivalAt is Survival at one time, for scoring many rows. known is false
// beyond the longest time seen in the stratum, where the value is only the last
// known.
func (m *Cox) SurvivalAt(x []float64, stratum int, t float64) (p Predicted, known bool, err error) {
	b, eta, err := m.stratum(x, stratum)
	if err != nil {
		return Predicted{}, false, err
	}
	known = t <= b.Last
	i := sort.Search(len(b.Time), func(i int) bool { return b.Time[i] > t }) - 1
	if i < 0 {
		return Predicted{Survival: 1, Lower: 1, Upper: 1}, known, nil
	}
	return m.predict(b, i, eta, m.scaled(x)), known, nil
}

func (m *Cox) stratum(x []float64, code int) (*BaselineHazard, float64, error) {
	eta, err := m.Linear(x)
	if err != nil {
		return nil, 0, err
	}
	st := slices.IndexFunc(m.Baseline, func(b BaselineHazard) bool { return b.Stratum == code })
	if st < 0 {
		return nil, 0, fmt.Errorf("%w: the model has no stratum %d", ErrValue, code)
	}
	return &m.Baseline[st], eta, nil
}

// predict is the survival from the i-th event time of a stratum on.
func (m *Cox) predict(b *BaselineHazard, i int, eta float64, z []float64) Predicted {
	q := make([]float64, len(z))
	for j := range q {
		q[j] = b.mean[i][j] - z[j]
	}
	p := Predicted{Time: b.Time[i], CumHazard: finiteExp(b.log[i] + eta)}
	p.Survival = math.Exp(-p.CumHazard)
	if p.Survival > 0 {
		p.SE = p.Survival * p.CumHazard * math.Sqrt(b.variance[i]+m.quadratic(q))
	}
	p.Lower, p.Upper = bounds(m.interval, p.Survival, p.SE, normalQuantile(m.Level))
	return p
}

// scaled are the values of the covariates in the model, as the fit saw them.
func (m *Cox) scaled(x []float64) []float64 {
	var z []float64
	for j, c := range m.Coefficients {
		if c.Dropped == "" {
			a := len(z)
			z = append(z, (x[j]-m.risk.mean[a])/m.risk.scale[a])
		}
	}
	return z
}

// quadratic is q′Vq over the finite coefficients.
func (m *Cox) quadratic(q []float64) float64 {
	sum := 0.0
	var finite []int
	a := 0
	for _, c := range m.Coefficients {
		if c.Dropped != "" {
			continue
		}
		if c.Infinite == 0 {
			finite = append(finite, a)
		}
		a++
	}
	for _, i := range finite {
		for _, j := range finite {
			sum += q[i] * m.inverse.At(i, j) * q[j]
		}
	}
	return max(0, sum)
}
