package survival

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Ties is how events at the same time enter the partial likelihood and the
// baseline hazard.
type Ties int

// The ways to treat ties; Efron's is closer to the exact likelihood.
const (
	Efron   Ties = iota // Efron 1977
	Breslow             // Breslow 1974
)

// CoxOptions choose how a Cox model is fitted. The zero value means Efron's
// ties, one stratum and 95 % intervals.
type CoxOptions struct {
	Ties          Ties
	Strata        []int    // code of the stratum, one a row: each has its own baseline hazard; nil: one stratum
	Level         float64  // confidence level; 0 means 0.95
	Interval      Interval // of predicted survival curves
	MaxIterations int      // Newton steps; 0 means 50
}

// Covariates are the columns of a Cox model, each with one value a row.
// Categories enter as columns of 0 and 1, one category left out.
type Covariates struct {
	Names   []string
	Columns [][]float64
}

// Coefficient is one covariate of a fitted Cox model.
//
// When Dropped says why, the covariate is not in the model and the numbers are
// 0. When Infinite is −1 or +1 the likelihood keeps rising as the coefficient
// goes there (monotone likelihood): Beta is where the iteration stopped, SE, Z
// and the interval are 0, HR is 0 when there is no upper end, and P is that of
// the likelihood-ratio test that leaves the covariate out.
type Coefficient struct {
	Name     string
	Beta     float64 // log hazard ratio of one unit more
	SE       float64
	Z        float64
	P        float64 // two-sided
	HR       float64 // hazard ratio exp(Beta)
	Lower    float64 // confidence limits of HR
	Upper    float64
	Mean     float64 // of the covariate in the data
	Infinite int
	Dropped  string
}

// Test is a chi-square test that all coefficients are 0.
type Test struct {
	ChiSquare float64
	DF        int
	P         float64
}

// Cox is a fitted proportional hazards model: the hazard of a row with values x
// is h₀(t)·exp(β·x), h₀ differing between strata.
type Cox struct {
	N               float64 // rows, weighted
	Events          float64
	Ties            Ties
	Level           float64
	Coefficients    []Coefficient // as the covariates came
	Covariance      *mat.SymDense // of the coefficients, 0 in the rows of dropped and infinite ones
	LogLikNull      float64       // partial log-likelihood with all coefficients 0
	LogLik          float64       // fitted; with an infinite coefficient the limit
	AIC             float64       // −2·LogLik + 2·(coefficients in the model)
	BIC             float64       // the penalty with log of the number of events (Volinsky & Raftery 2000)
	LikelihoodRatio Test
	Wald            Test // of the finite coefficients
	Score           Test // with one group indicator and no ties, the log-rank test
	Concordance     Concordance
	Baseline        []BaselineHazard // one a stratum, by ascending code
	Iterations      int
	Converged       bool
	// Reason says in words what is wrong with the fit: dropped covariates,
	// infinite coefficients, no convergence. Empty for a clean one.
	Reason string

	sample   Sample
	interval Interval
	risk     *riskData
	beta     []float64 // of the scaled columns in risk
	inverse  *mat.SymDense
}

// Errors of Cox fits.
var (
	ErrNoEvents     = errors.New("survival: no event was seen, so no hazard can be compared")
	ErrNoCovariates = errors.New("survival: no covariate varies among those at risk")
	ErrNoFit        = errors.New("survival: the Cox model cannot be fitted")
)

// FitCox maximises the partial likelihood by Newton's method with step halving
// (Cox 1972; Therneau & Grambsch 2000, chapter 3). Weights must be whole
// numbers and count as repeated rows, in tied events too. Covariates that are
// constant among those at risk, or a linear combination of the columns before
// them, are dropped and say so.
func FitCox(s Sample, x Covariates, o CoxOptions) (*Cox, error) {
	if err := checkCox(s, x, o); err != nil {
		return nil, err
	}
	level, err := levelOr(o.Level)
	if err != nil {
		return nil, err
	}
	m := &Cox{Ties: o.Ties, Level: level, sample: s, interval: o.Interval}
	m.Coefficients = make([]Coefficient, len(x.Columns))
	all := newRiskData(s, x.Columns, o)
	for i := range s.Time {
		m.N += s.weight(i)
		if s.Event[i] {
			m.Events += s.weight(i)
		}
	}
	if m.Events == 0 {
		return nil, ErrNoEvents
	}
	null := all.evaluate(make([]float64, all.p))
	kept, dropped := independent(null.info, m.Events)
	for j := range m.Coefficients {
		m.Coefficients[j] = Coefficient{Name: x.Names[j], Mean: all.mean[j], Dropped: dropped[j], P: 1}
	}
	if len(kept) == 0 {
		return nil, ErrNoCovariates
	}
	m.risk = all.only(kept)
	steps := o.MaxIterations
	if steps <= 0 {
		steps = 50
	}
	fit := newton(m.risk, steps)
	if !fit.finite() {
		return nil, fmt.Errorf("%w: %s", ErrNoFit, fit.reason)
	}
	m.take(fit, kept)
	if err := m.withoutInfinite(s, x, o); err != nil {
		return nil, err
	}
	m.explain()
	m.Concordance = concordance(s, m.linear(), m.risk.order)
	m.baseline()
	return m, nil
}

// mostEfron keeps the sums over tied events within seconds.
const mostEfron = 1e8

func checkCox(s Sample, x Covariates, o CoxOptions) error {
	if err := s.valid(); err != nil {
		return err
	}
	n := s.Len()
	if len(x.Names) != len(x.Columns) {
		return fmt.Errorf("%w: %d covariate names, %d columns", ErrShape, len(x.Names), len(x.Columns))
	}
	if len(x.Columns) == 0 {
		return ErrNoCovariates
	}
	if o.Strata != nil && len(o.Strata) != n {
		return fmt.Errorf("%w: %d times, %d strata", ErrShape, n, len(o.Strata))
	}
	for j, column := range x.Columns {
		if len(column) != n {
			return fmt.Errorf("%w: %d times, %d values of %s", ErrShape, n, len(column), x.Names[j])
		}
		for i, v := range column {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%w: row %d: %s is %v; fill or leave out the row", ErrValue, i, x.Names[j], v)
			}
		}
	}
	events := 0.0
	for i := range s.Weight {
		if s.Weight[i] != math.Trunc(s.Weight[i]) {
			return fmt.Errorf("%w: row %d: the weight %v of a Cox model must be a whole number of subjects", ErrValue, i, s.Weight[i])
		}
		if s.Event[i] {
			events += s.Weight[i]
		}
	}
	if events > mostEfron && o.Ties == Efron {
		return fmt.Errorf("%w: %.3g events by weight are too many to go through one by one; use Breslow's ties", ErrValue, events)
	}
	return nil
}

// take fills in the estimates on the scale of the covariates as they came.
func (m *Cox) take(fit *newtonFit, kept []int) {
	r := m.risk
	m.beta, m.inverse = fit.beta, fit.inverse
	m.Iterations, m.Converged, m.Reason = fit.steps, fit.converged, fit.reason
	m.LogLikNull, m.LogLik = fit.nullLogLik, fit.logLik
	df := len(kept)
	m.AIC = -2*m.LogLik + 2*float64(df)
	m.BIC = -2*m.LogLik + math.Log(m.Events)*float64(df)
	m.LikelihoodRatio = newTest(2*(m.LogLik-m.LogLikNull), df)
	m.Score = newTest(fit.score, df)
	m.Covariance = mat.NewSymDense(len(m.Coefficients), nil)
	z := normalQuantile(m.Level)
	var finite []int
	for a, j := range kept {
		c := &m.Coefficients[j]
		c.Beta = fit.beta[a] / r.scale[a]
		if fit.infinite[a] != 0 {
			c.Infinite = fit.infinite[a]
			if c.Infinite < 0 {
				c.HR = math.Exp(c.Beta)
			}
			continue
		}
		finite = append(finite, a)
		c.SE = math.Sqrt(fit.inverse.At(a, a)) / r.scale[a]
		c.Z = c.Beta / c.SE
		c.P = 2 * distuv.UnitNormal.Survival(math.Abs(c.Z))
		c.HR, c.Lower, c.Upper = finiteExp(c.Beta), finiteExp(c.Beta-z*c.SE), finiteExp(c.Beta+z*c.SE)
	}
	for _, a := range finite {
		for _, b := range finite {
			m.Covariance.SetSym(kept[a], kept[b], fit.inverse.At(a, b)/(r.scale[a]*r.scale[b]))
		}
	}
	m.Wald = newTest(wald(fit, finite), len(finite))
}

// finiteExp is exp(x), the largest float64 where that overflows.
func finiteExp(x float64) float64 { return min(math.Exp(x), math.MaxFloat64) }

func newTest(x float64, df int) Test {
	x = max(0, x)
	return Test{ChiSquare: x, DF: df, P: chiSquareP(x, df)}
}

// wald is β′V⁻¹β of the chosen coefficients.
func wald(fit *newtonFit, chosen []int) float64 {
	k := len(chosen)
	if k == 0 {
		return 0
	}
	v, b := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for a, i := range chosen {
		b.SetVec(a, fit.beta[i])
		for c := a; c < k; c++ {
			v.SetSym(a, c, fit.inverse.At(i, chosen[c]))
		}
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(v) || chol.SolveVecTo(&x, b) != nil {
		return 0
	}
	return mat.Dot(b, &x)
}

// withoutInfinite gives the coefficients that ran away the p-value of a
// likelihood-ratio test, since Wald's has no meaning for them.
func (m *Cox) withoutInfinite(s Sample, x Covariates, o CoxOptions) error {
	for j := range m.Coefficients {
		c := &m.Coefficients[j]
		if c.Infinite == 0 {
			continue
		}
		var rest [][]float64
		for k := range x.Columns {
			if k != j && m.Coefficients[k].Dropped == "" {
				rest = append(rest, x.Columns[k])
			}
		}
		smaller := m.LogLikNull
		if len(rest) > 0 {
			smaller = newton(newRiskData(s, rest, o), 50).logLik
		}
		c.P = newTest(2*(m.LogLik-smaller), 1).P
	}
	return nil
}

// explain puts the troubles of the fit into words.
func (m *Cox) explain() {
	var words []string
	for _, c := range m.Coefficients {
		switch {
		case c.Dropped != "":
			words = append(words, fmt.Sprintf("%s is not in the model: %s", c.Name, c.Dropped))
		case c.Infinite != 0:
			words = append(words, fmt.Sprintf("monotone likelihood: the fit keeps improving as the coefficient of %s goes to %s infinity, "+
				"because the data hold no event that speaks against it; read its direction and the likelihood-ratio p, not its size",
				c.Name, map[int]string{-1: "minus", 1: "plus"}[c.Infinite]))
		}
	}
	if m.Reason != "" {
		words = append(words, m.Reason)
	}
	m.Reason = strings.Join(words, "; ")
}

// linear is the linear predictor of every row, centred at the means.
func (m *Cox) linear() []float64 {
	eta := make([]float64, m.sample.Len())
	r := m.risk
	for pos, i := range r.order.byTime {
		eta[i] = r.eta(pos, m.beta)
	}
	return eta
}
