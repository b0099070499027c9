package clv

import (
	"fmt"
	"math"
)

// Options say what to fit. The zero value is MBG/NBD on weeks.
type Options struct {
	Kind          Kind
	Unit          string   // what T is counted in, for the record; empty: "week"
	UnitsPerYear  float64  // units in a year, for discounting; 0: 365.25/7
	PurchaseNames []string // names of the covariates of purchases; nil: z1, z2, …
	DropoutNames  []string // names of the covariates of dropout; nil: z1, z2, …
}

// Model is a fitted model.
type Model struct {
	Kind         Kind
	Unit         string
	UnitsPerYear float64

	Base            []float64    // the model's own parameters, in the order of Kind.ParameterNames
	PurchaseEffects []float64    // γ of alpha·exp(−γ'z): the purchase rate times exp(γ'z)
	DropoutEffects  [2][]float64 // Pareto/NBD: γ of beta·exp(−γ'z), in the first; BG and MBG: γ of a·exp(γ'z) and of b·exp(γ'z)
	Parameters      []Estimate   // Base, PurchaseEffects and DropoutEffects with their intervals

	LogLikelihood float64 // the true one, comparable between models and programs
	AIC, BIC      float64
	Customers     float64 // sum of weights
	Rows          int     // unique rows the fit ran on
	Starts        int     // starting points tried
	Agreeing      int     // of which ended at the same likelihood, within 0.01
	Iterations    int     // of the best start
	Converged     bool
	Boundary      []string // what the data did not show, in words; empty for an inner optimum
}

// Bounds of the logarithms of shape parameters, which have no unit; those of
// scale parameters are relative to the mean age.
const (
	lowShape, highShape = 1e-6, 1e4
	lowScale, highScale = 1e-6, 1e7
	lowBeta             = 1e-4 // b, where it must not vanish beside a
	effectBound         = 20.0
)

// Fit finds the maximum of the likelihood from several starting points inside a
// wide box. A solution on the edge of the box is a finding about the data, said
// in Boundary, not an error. Errors: ErrEmpty, ErrShape, ErrNoTime, ErrNoRepeat,
// *RowError.
func Fit(c Customers, o Options) (*Model, error) {
	if o.Kind.ParameterNames() == nil {
		return nil, fmt.Errorf("clv: there is no model %v", o.Kind)
	}
	t, err := newTable(c, o.Kind)
	if err != nil {
		return nil, err
	}
	m := &Model{Kind: o.Kind, Unit: o.Unit, UnitsPerYear: o.UnitsPerYear, Customers: t.customers, Rows: len(t.x)}
	if err := m.units(); err != nil {
		return nil, err
	}
	d := newDesign(o.Kind, len(t.blocks[0].purchase), len(t.blocks[0].dropout))
	if err := d.supported(o.Kind, t); err != nil {
		return nil, err
	}
	f := newObjective(t, o.Kind, d)
	if o.Kind == BGBB {
		f = newBetaObjective(t)
	}
	bounds := d.bounds(o.Kind, t)
	nested := fitNested(t, o.Kind, len(t.blocks[0].purchase))
	starts := d.starts(o.Kind, t, nested)
	var found []optimum
	best := 0
	for i, start := range starts {
		found = append(found, maximise(f, start, bounds, found...))
		if found[i].value > found[best].value {
			best = i
		}
	}
	m.Starts = len(starts)
	for _, x := range found {
		if found[best].value-x.value < 0.01 {
			m.Agreeing++
		}
	}
	m.Iterations, m.Converged, m.LogLikelihood = found[best].iterations, found[best].converged, found[best].value
	m.take(found[best].theta, len(t.blocks[0].purchase))
	m.criteria(d)
	names := d.names(o)
	if m.noDropout(nested) {
		bounds = d.holdDropout(found[best].theta, bounds)
	}
	m.Parameters = estimates(f, found[best], bounds, names, d.base)
	m.Boundary = m.boundary(nested)
	return m, nil
}

// Given is a model with known parameters, in the order of ParameterNames, such
// as published ones. It has no likelihood or intervals.
func Given(o Options, base ...float64) (*Model, error) {
	m := &Model{Kind: o.Kind, Unit: o.Unit, UnitsPerYear: o.UnitsPerYear, Base: append([]float64(nil), base...)}
	if err := m.check(); err != nil {
		return nil, err
	}
	if err := m.units(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Model) units() error {
	if m.Unit == "" {
		m.Unit = "week"
	}
	if m.UnitsPerYear == 0 {
		m.UnitsPerYear = 365.25 / 7
	}
	if !(m.UnitsPerYear > 0) || !finite(m.UnitsPerYear) {
		return fmt.Errorf("clv: %v %ss a year; want a positive number", m.UnitsPerYear, m.Unit)
	}
	return nil
}

func (d design) supported(k Kind, t *table) error {
	b := t.blocks[0]
	if k == BGBB && len(b.purchase)+len(b.dropout) > 0 {
		return fmt.Errorf("clv: BG/BB takes no covariates; use %v, %v or %v", MBGNBD, BGNBD, ParetoNBD)
	}
	if k == NBD && len(b.dropout) > 0 {
		return fmt.Errorf("clv: NBD has no dropout to take covariates; use %v, %v or %v", MBGNBD, BGNBD, ParetoNBD)
	}
	return nil
}

// bounds of theta. Scales (alpha; beta of Pareto/NBD) are relative to the mean age.
func (d design) bounds(k Kind, t *table) box {
	n := d.base + len(d.effects)
	b := box{make([]float64, n), make([]float64, n)}
	for i := range n {
		switch {
		case i >= d.base:
			b.low[i], b.high[i] = -effectBound, effectBound
		case k != BGBB && (i == 1 || i == 3 && k == ParetoNBD):
			b.low[i], b.high[i] = math.Log(lowScale*t.meanT), math.Log(highScale*t.meanT)
		case k != BGBB && i == 3 || k == BGBB:
			b.low[i], b.high[i] = math.Log(lowBeta), math.Log(highShape)
		default:
			b.low[i], b.high[i] = math.Log(lowShape), math.Log(highShape)
		}
	}
	if k == BGBB {
		b.low[2] = math.Log(lowShape) // no dropout
	}
	return b
}

// fitNested fits the NBD, which is every model in continuous time without
// dropout: it starts their search and says whether dropout was found at all.
func fitNested(t *table, k Kind, purchase int) *optimum {
	if k == BGBB {
		return nil
	}
	d := newDesign(NBD, purchase, 0)
	start := make([]float64, d.base+len(d.effects))
	start[0], start[1] = 0, -math.Log(t.rate)
	o := maximise(newObjective(t, NBD, d), start, d.bounds(NBD, t))
	return &o
}

// starts are the points the search begins at: little dropout, much, and some
// that differs between customers.
func (d design) starts(k Kind, t *table, nested *optimum) [][]float64 {
	if k == NBD {
		return [][]float64{nested.theta}
	}
	if k == BGBB {
		var list [][]float64
		for _, v := range [][4]float64{{1, 1, 1, 5}, {1, 1, 0.3, 1}, {5, 5, 2, 40}} {
			list = append(list, []float64{math.Log(v[0]), math.Log(v[1]), math.Log(v[2]), math.Log(v[3])})
		}
		return list
	}
	dropout := [][2]float64{{0.8, 2.5}, {0.05, 5}, {4, 8}}
	if k == ParetoNBD {
		dropout = [][2]float64{{0.6, 0.4 * t.meanT}, {0.05, t.meanT}, {4, 8 * t.meanT}}
	}
	var list [][]float64
	for _, v := range dropout {
		start := make([]float64, d.base+len(d.effects))
		start[0], start[1] = nested.theta[0], nested.theta[1]
		start[2], start[3] = math.Log(v[0]), math.Log(v[1])
		copy(start[d.base:], nested.theta[2:])
		list = append(list, start)
	}
	return list
}

// take splits theta in the design's order: the base, the effects on purchases,
// those on dropout (for BG and MBG on a, then on b).
func (m *Model) take(theta []float64, purchase int) {
	base := len(kinds[m.Kind].parameters)
	for _, v := range theta[:base] {
		m.Base = append(m.Base, math.Exp(v))
	}
	effects := append([]float64(nil), theta[base:]...)
	m.PurchaseEffects = effects[:purchase:purchase]
	dropout := effects[purchase:]
	if m.Kind != ParetoNBD {
		half := len(dropout) / 2
		m.DropoutEffects = [2][]float64{dropout[:half:half], dropout[half:]}
		return
	}
	m.DropoutEffects[0] = dropout
}

func (m *Model) criteria(d design) {
	k := float64(d.base + len(d.effects))
	m.AIC = 2*k - 2*m.LogLikelihood
	m.BIC = k*math.Log(m.Customers) - 2*m.LogLikelihood
}

// names of theta's elements: alpha:region is the effect of region on alpha.
func (d design) names(o Options) []string {
	base := kinds[o.Kind].parameters
	names := append([]string(nil), base...)
	for _, e := range d.effects {
		list := o.PurchaseNames
		if e.dropout {
			list = o.DropoutNames
		}
		name := fmt.Sprintf("z%d", e.column+1)
		if e.column < len(list) {
			name = list[e.column]
		}
		names = append(names, base[e.parameter]+":"+name)
	}
	return names
}

// noDropout says that the likelihood is no better than without dropout.
func (m *Model) noDropout(nested *optimum) bool {
	return nested != nil && m.Kind != NBD && m.LogLikelihood-nested.value < 0.01
}

// holdDropout fixes what belongs to dropout alone: without any, these parameters
// have no meaning and no interval.
func (d design) holdDropout(theta []float64, b box) box {
	held := box{append([]float64(nil), b.low...), append([]float64(nil), b.high...)}
	for i, v := range theta {
		if i >= 2 && i < d.base || i >= d.base && d.effects[i-d.base].dropout {
			held.low[i], held.high[i] = v, v
		}
	}
	return held
}

// boundary says what the solution lacks.
func (m *Model) boundary(nested *optimum) (found []string) {
	v := m.Base
	many := func(x float64) bool { return x > highShape/2 }
	if m.Kind == BGBB {
		if many(v[0]) || many(v[1]) {
			found = append(found, "all customers are equally likely to buy at an opportunity: no difference between them was found")
		}
		switch {
		case v[2] <= 2*lowShape || v[2]/(v[2]+v[3]) < 1e-4:
			found = append(found, "no dropout found: purchases follow a beta-binomial")
		case many(v[2]) || many(v[3]):
			found = append(found, "all customers are equally likely to drop out: no difference between them was found")
		}
		return found
	}
	if many(v[0]) {
		found = append(found, "all customers buy at the same rate: purchases are Poisson")
	}
	if m.Kind == NBD {
		return found
	}
	if m.noDropout(nested) {
		return append(found, "no dropout found: the data follow an NBD")
	}
	if many(v[2]) || m.Kind != ParetoNBD && many(v[3]) {
		found = append(found, "all customers drop out at the same rate: no difference between them was found")
	}
	if m.Kind == ParetoNBD && v[2] <= 2*lowShape {
		found = append(found, "dropout is at the least the search allows")
	}
	return found
}
