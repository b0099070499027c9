package survival

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// Schoenfeld are the residuals of a Cox model, one row an event: the covariates
// of the one with the event minus their weighted mean among those at risk
// (Schoenfeld 1982). Tied events share that mean. Rows are by stratum, then
// time; columns are the covariates in the model, named in Names.
type Schoenfeld struct {
	Names     []string
	Stratum   []int
	Time      []float64
	Row       []int // in the sample
	Residuals [][]float64
	// Scaled are the residuals times the covariance times the number of events,
	// plus the coefficient: their smooth over time estimates β(t) (Grambsch &
	// Therneau 1994).
	Scaled [][]float64
}

// Schoenfeld computes the residuals.
func (m *Cox) Schoenfeld() *Schoenfeld {
	r := m.risk
	s := &Schoenfeld{}
	kept := m.kept()
	for _, j := range kept {
		s.Names = append(s.Names, m.Coefficients[j].Name)
	}
	type row struct {
		stratum int
		time    float64
		at      int
		x       []float64
	}
	var rows []row
	r.walk(m.beta, false, func(set *riskSet) {
		for at := set.from; at < set.to; at++ {
			if !r.event[at] {
				continue
			}
			x := make([]float64, r.p)
			for j := range x {
				x[j] = (r.x[at*r.p+j] - set.meanX(j)/set.events) * r.scale[j]
			}
			rows = append(rows, row{r.order.codes[set.stratum], set.time, r.order.byTime[at], x})
		}
	})
	sort.SliceStable(rows, func(a, b int) bool {
		if rows[a].stratum != rows[b].stratum {
			return rows[a].stratum < rows[b].stratum
		}
		return rows[a].time < rows[b].time
	})
	for _, w := range rows {
		s.Stratum, s.Time, s.Row = append(s.Stratum, w.stratum), append(s.Time, w.time), append(s.Row, w.at)
		s.Residuals = append(s.Residuals, w.x)
		scaled := make([]float64, len(w.x))
		for a, j := range kept {
			scaled[a] = m.Coefficients[j].Beta
			for b, k := range kept {
				scaled[a] += m.Events * m.Covariance.At(j, k) * w.x[b]
			}
		}
		s.Scaled = append(s.Scaled, scaled)
	}
	return s
}

// kept are the places of the covariates in the model.
func (m *Cox) kept() []int {
	var kept []int
	for j, c := range m.Coefficients {
		if c.Dropped == "" {
			kept = append(kept, j)
		}
	}
	return kept
}

// TimeScale is the function of time along which a coefficient may change in
// the test of proportional hazards.
type TimeScale int

// The time scales; the first is the default of R's cox.zph.
const (
	KaplanMeierTime TimeScale = iota // 1 − S(t−) of all rows: robust against a long tail
	IdentityTime                     // t
	LogTime                          // log t, for times above 0
	RankTime                         // rank among the event times, ties sharing their mean
)

// ProportionalTest is the test whether the hazard ratio of a covariate stays
// the same over time.
type ProportionalTest struct {
	Name string // of the covariate; "global" for all together
	Test
	// Correlation of the scaled Schoenfeld residuals with time: above 0 the
	// coefficient grows over time. 0 for the global test.
	Correlation float64
}

// Proportionality tests the proportional hazards of every covariate in the
// model and of all together, the last element. It is the score test for adding
// covariate × g(t) to the model (Grambsch & Therneau 1994, with the exact
// information matrix as in R survival 3). It is refused for a monotone
// likelihood, whose estimate does not exist.
func (m *Cox) Proportionality(scale TimeScale) ([]ProportionalTest, error) {
	for _, c := range m.Coefficients {
		if c.Infinite != 0 {
			return nil, fmt.Errorf("%w: the coefficient of %s is infinite; leave it out to test proportional hazards", ErrValue, c.Name)
		}
	}
	g, err := m.timeScale(scale)
	if err != nil {
		return nil, err
	}
	r := m.risk
	p := r.p
	size := p * (p + 1) / 2
	u, plain, once, twice := make([]float64, p), make([]float64, size), make([]float64, size), make([]float64, size)
	r.walk(m.beta, true, func(set *riskSet) {
		at := g(set.time)
		k := 0
		for i := range p {
			u[i] += at * (set.sumX[i] - set.meanX(i))
			for j := i; j < p; j++ {
				v := set.variance(i, j, k)
				plain[k] += v
				once[k] += at * v
				twice[k] += at * at * v
				k++
			}
		}
	})
	return m.scoreTests(u, unpack(plain, p), unpack(once, p), unpack(twice, p), g)
}

// scoreTests compares the score u of the added terms with its variance given
// that the other coefficients are fitted: twice − once·plain⁻¹·once.
func (m *Cox) scoreTests(u []float64, plain, once, twice *mat.SymDense, g func(float64) float64) ([]ProportionalTest, error) {
	p := len(u)
	var chol mat.Cholesky
	var x, part mat.Dense
	if !chol.Factorize(plain) || chol.SolveTo(&x, once) != nil {
		return nil, fmt.Errorf("%w: the covariates are too close to each other to test them", ErrValue)
	}
	part.Mul(once, &x)
	v := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			v.SetSym(i, j, twice.At(i, j)-part.At(i, j))
		}
	}
	correlation := m.correlations(g)
	var tests []ProportionalTest
	for a, j := range m.kept() {
		t := ProportionalTest{Name: m.Coefficients[j].Name, Test: Test{P: 1}, Correlation: correlation[a]}
		if v.At(a, a) > 1e-10*twice.At(a, a) {
			t.Test = newTest(u[a]*u[a]/v.At(a, a), 1)
		}
		tests = append(tests, t)
	}
	global := ProportionalTest{Name: "global", Test: Test{P: 1}}
	var all mat.Cholesky
	var y mat.VecDense
	b := mat.NewVecDense(p, u)
	if all.Factorize(v) && all.SolveVecTo(&y, b) == nil {
		global.Test = newTest(mat.Dot(b, &y), p)
	}
	return append(tests, global), nil
}

// correlations of the scaled residuals with g(t).
func (m *Cox) correlations(g func(float64) float64) []float64 {
	s := m.Schoenfeld()
	out := make([]float64, len(s.Names))
	for j := range out {
		var n, sx, sy, sxx, syy, sxy float64
		for i, t := range s.Time {
			w := m.sample.weight(s.Row[i])
			x, y := g(t), s.Scaled[i][j]-m.Coefficients[m.kept()[j]].Beta
			n, sx, sy = n+w, sx+w*x, sy+w*y
			sxx, syy, sxy = sxx+w*x*x, syy+w*y*y, sxy+w*x*y
		}
		if d := (sxx - sx*sx/n) * (syy - sy*sy/n); d > 0 {
			out[j] = (sxy - sx*sy/n) / math.Sqrt(d)
		}
	}
	return out
}

// timeScale is g, centred at its mean over the events.
func (m *Cox) timeScale(scale TimeScale) (func(float64) float64, error) {
	s := m.sample
	times := make([]float64, 0, int(min(m.Events, float64(s.Len()))))
	weights := map[float64]float64{}
	for i, t := range s.Time {
		if s.Event[i] && s.weight(i) > 0 {
			if weights[t] == 0 {
				times = append(times, t)
			}
			weights[t] += s.weight(i)
		}
	}
	slices.Sort(times)
	value := make([]float64, len(times))
	switch scale {
	case IdentityTime:
		copy(value, times)
	case LogTime:
		if times[0] <= 0 {
			return nil, fmt.Errorf("%w: an event at time 0 has no logarithm; choose another time scale", ErrValue)
		}
		for k, t := range times {
			value[k] = math.Log(t)
		}
	case RankTime:
		below := 0.0
		for k, t := range times {
			value[k] = below + (weights[t]+1)/2
			below += weights[t]
		}
	default:
		curve, err := KaplanMeier(s, CurveOptions{})
		if err != nil {
			return nil, err
		}
		before, k := 1.0, 0
		for _, step := range curve.Steps {
			if step.Events > 0 {
				value[k] = 1 - before
				before = step.Survival
				k++
			}
		}
	}
	mean := 0.0
	for k, t := range times {
		mean += value[k] * weights[t] / m.Events
	}
	return func(t float64) float64 {
		k, _ := slices.BinarySearch(times, t)
		return value[k] - mean
	}, nil
}
