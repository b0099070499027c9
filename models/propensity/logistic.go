package propensity

import (
	"errors"
	"fmt"
	"math"
)

// ErrSeparated is returned by a fit without penalty when features decide the
// outcome in some rows for certain: the likelihood then has no maximum.
var ErrSeparated = errors.New("propensity: the features separate the outcomes, so a fit without penalty does not exist; fit with the L2 penalty")

// ErrCollinear is returned by a fit without penalty when one term is a
// combination of others.
var ErrCollinear = errors.New("propensity: a term is a combination of the others, so a fit without penalty is not unique; leave it out or fit with the L2 penalty")

// LogisticOptions choose the penalty. The zero value means the defaults.
type LogisticOptions struct {
	L2         float64            // λ of λ/2·Σβ² against the summed log-likelihood, numbers in standard deviations; 0: 1
	L1         float64            // λ of λ·Σ|β|; with L2 an elastic net; 0: none
	Factor     map[string]float64 // of both penalties on a feature's terms, such as 0 for none or 10 for a strong one; not listed: 1
	NoPenalty  bool               // plain maximum likelihood; the most frequent level of a feature is its reference
	Reference  bool               // leave out the most frequent level under a penalty too
	Logs       bool               // numbers with a long tail (skewness above 2) enter as ±ln(1+|v|/m), m the median size, when that lessens the skewness
	Levels     int                // named levels of a feature at most, the others are one; 0: 50
	Iterations int                // Newton steps at most; 0: 100
	Workers    int                // goroutines; 0: all cores. The result does not depend on it
}

// Logistic is a fitted logistic regression. Numbers are standardised inside,
// levels are one-hot, a missing value is a term of its own, and a level never
// seen counts as "other", or as no term at all.
type Logistic struct {
	Intercept   float64   `json:"intercept"` // log-odds at mean numbers and without any level term
	InterceptSE float64   `json:"intercept_se"`
	Terms       []Term    `json:"terms"`
	Features    []Feature `json:"features"`
	L1          float64   `json:"l1"`
	L2          float64   `json:"l2"`
	LogLik      float64   `json:"log_likelihood"` // without the penalty
	NullLogLik  float64   `json:"null_log_likelihood"`
	// Evidence is the log marginal likelihood by Laplace's approximation, the L2
	// penalty read as a normal prior (MacKay 1992). It compares penalties on the
	// same features: the larger is the better supported. 0 with an L1 penalty or
	// none.
	Evidence   float64  `json:"evidence"`
	AIC        float64  `json:"aic"` // parameters counted in full, penalised or not
	BIC        float64  `json:"bic"`
	Rows       int      `json:"rows"`
	Weight     float64  `json:"weight"`
	Iterations int      `json:"iterations"`
	Converged  bool     `json:"converged"`
	Separation []string `json:"separation"` // what decides the outcome alone, in plain words
	Reason     string   `json:"reason"`     // what to know about the fit, in plain words; empty when nothing
}

// FitLogistic maximises the penalised log-likelihood by Newton's method with
// step halving; with an L1 penalty each step is solved by coordinate descent
// (Friedman, Hastie and Tibshirani 2010). Standard errors come from the
// inverse of the penalised information matrix: the usual ones without penalty,
// those of the posterior's normal approximation with L2.
func FitLogistic(s Sample, o LogisticOptions) (*Logistic, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if s, err = s.check(true); err != nil {
		return nil, err
	}
	e := newEncoder(s, o)
	f := newNewton(s, e, o)
	m := &Logistic{L1: o.L1, L2: o.L2, Rows: len(s.Y), Separation: separation(s)}
	for k := range e.columns {
		m.Features = append(m.Features, e.columns[k].feature)
	}
	m.Weight, m.NullLogLik = f.null()
	f.warm()
	if err := f.run(m); err != nil {
		return nil, err
	}
	m.LogLik = -f.loss
	if err := m.describe(f, e); err != nil {
		return nil, err
	}
	parameters := float64(1 + len(e.terms))
	m.AIC = 2*parameters - 2*m.LogLik
	m.BIC = math.Log(m.Weight)*parameters - 2*m.LogLik
	switch {
	case !m.Converged:
		m.Reason = fmt.Sprintf("not converged in %d steps: allow more, or a larger penalty", m.Iterations)
	case o.L1 > 0:
		m.Reason = "the L1 penalty chose the terms, so their standard errors are too small for tests"
	case len(e.terms) == 0:
		m.Reason = "no feature varies: every row gets the base rate"
	}
	return m, nil
}

func (o LogisticOptions) withDefaults() (LogisticOptions, error) {
	if o.L2 == 0 {
		o.L2 = 1
	}
	if o.Levels == 0 {
		o.Levels = 50
	}
	if o.Iterations == 0 {
		o.Iterations = 100
	}
	if !(o.L2 > 0 && o.L1 >= 0) || math.IsInf(o.L1+o.L2, 0) || o.Levels < 1 || o.Iterations < 1 {
		return o, fmt.Errorf("%w: penalties are not negative, levels and iterations at least 1: %+v", ErrValue, o)
	}
	for name, v := range o.Factor {
		if !(v >= 0) || math.IsInf(v, 0) {
			return o, fmt.Errorf("%w: penalty factor %v of %q", ErrValue, v, name)
		}
	}
	if o.NoPenalty {
		if o.L1 > 0 {
			return o, fmt.Errorf("%w: an L1 penalty of %v and no penalty at once", ErrValue, o.L1)
		}
		o.L2, o.Reference = 0, true
	}
	return o, nil
}

// describe turns standardised coefficients into terms.
func (m *Logistic) describe(f *newton, e *encoder) error {
	se, evidence, err := f.standardErrors()
	if err != nil {
		return err
	}
	m.Evidence = evidence
	m.Intercept, m.InterceptSE = f.b[0], se[0]
	m.Terms = e.terms
	for k := range m.Terms {
		t := &m.Terms[k]
		b, s := f.b[k+1], se[k+1]
		t.Beta, t.SE, t.P = b/t.Step, s/t.Step, 1
		if s > 0 {
			t.Z = b / s
			t.P = math.Erfc(math.Abs(t.Z) / math.Sqrt2)
		}
		const normal975 = 1.959963984540054
		t.Odds, t.OddsLow, t.OddsTop = finiteExp(b), finiteExp(b-normal975*s), finiteExp(b+normal975*s)
	}
	return nil
}

func finiteExp(x float64) float64 { return math.Exp(min(x, 700)) }

// encoder rebuilds the encoder from the model's terms.
func (m *Logistic) encoder() *encoder {
	e := &encoder{terms: m.Terms}
	for _, f := range m.Features {
		c := column{feature: f, number: none, missing: none}
		if f.Categorical {
			c.level = make([]int, len(f.Levels)+1)
			for k := range c.level {
				c.level[k] = none
			}
		}
		e.columns = append(e.columns, c)
	}
	place := map[string]int{}
	for k, f := range m.Features {
		place[f.Name] = k
	}
	for k, t := range m.Terms {
		c := &e.columns[place[t.Feature]]
		switch t.Kind {
		case numberTerm, logTerm:
			c.number = k
		case missingTerm:
			c.missing = k
		case otherTerm:
			c.level[len(c.level)-1] = k
		case levelTerm:
			for code, name := range c.feature.Levels {
				if name == t.Level {
					c.level[code] = k
				}
			}
		}
	}
	return e
}

// standardised are the coefficients with the intercept first.
func (m *Logistic) standardised() []float64 {
	b := []float64{m.Intercept}
	for _, t := range m.Terms {
		b = append(b, t.Beta*t.Step)
	}
	return b
}

// Margins are the log-odds of outcome 1 by row. The table needs the columns of
// the fit by name; others are ignored.
func (m *Logistic) Margins(x Table) ([]float64, error) {
	x, err := x.pick(m.Features)
	if err != nil {
		return nil, err
	}
	d, b := m.encoder().design(x), m.standardised()
	out := make([]float64, d.rows)
	eachChunk(d.rows, workersOr(0), func(_, from, to int) {
		for i := from; i < to; i++ {
			out[i] = d.dot(i, b)
		}
	})
	return out, nil
}

// Score is the probability of outcome 1 by row.
func (m *Logistic) Score(x Table) ([]float64, error) {
	out, err := m.Margins(x)
	for i, v := range out {
		out[i] = sigmoid(v)
	}
	return out, err
}

// Explain splits the log-odds of every row: a feature's share is its
// contribution less its mean contribution in training, which is the Shapley
// value when features are left out independently.
func (m *Logistic) Explain(x Table) (*Explanation, error) {
	x, err := x.pick(m.Features)
	if err != nil {
		return nil, err
	}
	d, b := m.encoder().design(x), m.standardised()
	e := &Explanation{Base: m.Intercept, Margins: make([]float64, d.rows)}
	mean := map[string]float64{}
	for k, t := range m.Terms {
		mean[t.Feature] += b[k+1] * t.Mean
		e.Base += b[k+1] * t.Mean
	}
	for k, f := range m.Features {
		shares := make([]float64, d.rows)
		for i := range shares {
			at, value := d.row(i)
			shares[i] = -mean[f.Name]
			if at[k] > 0 {
				shares[i] += b[at[k]] * value[k]
			}
		}
		e.Names, e.Shares = append(e.Names, f.Name), append(e.Shares, shares)
	}
	for i := range e.Margins {
		e.Margins[i] = d.dot(i, b)
	}
	return e, nil
}
