// Package uplift measures what a campaign caused: its effect against a control
// group, for whom it worked, what can be said without a control group, whether
// it tired customers out or only moved purchases forward, and how customers
// answer to price.
package uplift

import (
	"errors"
	"fmt"
	"math"

	"verso/models/propensity"
)

// ErrShape is returned when slices that belong together differ in length or
// are empty.
var ErrShape = errors.New("uplift: wrong shape")

// ErrValue is returned, wrapped with the place, for a value that is not allowed.
var ErrValue = errors.New("uplift: value not allowed")

// ErrNoContrast is returned when a comparison lacks one of its sides: no
// treated or no control customers, or too few to say how much they vary.
var ErrNoContrast = errors.New("uplift: nothing to compare")

// Experiment is the customers of a campaign whose control group was drawn at
// random.
type Experiment struct {
	X       propensity.Table // features known before the campaign
	Treated []bool
	Y       []float64 // outcome: 0 or 1, or an amount (money) for methods that take it
}

// Methods of estimating the effect on each customer.
const (
	SLearner = "S"     // one model with the treatment as a feature
	TLearner = "T"     // one model an arm
	XLearner = "X"     // models of the imputed effects (Künzel et al. 2019)
	ClassT   = "class" // one model of "outcome as if treated" (Jaskowski and Jaroszewicz 2012); outcomes 0 and 1
)

// Learners that the methods stand on.
const (
	TreeBase     = "trees"
	LogisticBase = "logistic" // outcomes 0 and 1
)

// Options choose how effects are estimated. The zero value means an S-learner,
// of logistic regressions for outcomes 0 and 1 and of trees for amounts: on
// effects as small as those of a mailing the plainer learner sorts better.
type Options struct {
	Method   string                     // "": SLearner
	Base     string                     // "": LogisticBase for outcomes 0 and 1, else TreeBase
	Trees    propensity.TreeOptions     // of trees; Loss is chosen by the outcome, and the least leaf is 10 when not given
	Logistic propensity.LogisticOptions // of logistic regressions
	Folds    int                        // of CrossFit; 0: 5
	Fold     []int                      // of CrossFit: the fold of each row, from 0; nil: drawn by Seed within arm and outcome
	Seed     uint64                     // of CrossFit and of the folds
}

// Model predicts the effect of the treatment on a customer.
type Model struct {
	Method string  `json:"method"`
	Base   string  `json:"base"`
	Share  float64 `json:"share"` // of treated rows in training
	Rows   int     `json:"rows"`
	// Strength is how many times more than other terms differences of the effect
	// are penalised, for S and class of logistic regressions; 0 for other methods.
	Strength  float64    `json:"strength"`
	Modifiers []Modifier `json:"modifiers"` // of the S-learner of logistic regressions
	// Learners are one for S and class; the control's and the treated's for T; for
	// X those and the effects' on the controls and on the treated.
	Learners []*propensity.Model `json:"learners"`
}

// defaultTrees are weaker than those for an outcome itself: an effect is a
// small difference, and trees that follow every outcome drown it.
func defaultTrees(o propensity.TreeOptions) propensity.TreeOptions {
	if o.MinChildWeight == 0 {
		o.MinChildWeight = 10
	}
	return o
}

func (d Experiment) check() (binary bool, err error) {
	n := len(d.Y)
	if n == 0 || len(d.Treated) != n || d.X.Rows() != n {
		return false, fmt.Errorf("%w: %d outcomes, %d treatments, %d rows of features", ErrShape, n, len(d.Treated), d.X.Rows())
	}
	binary = true
	arms := [2]int{}
	for i, y := range d.Y {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return false, fmt.Errorf("%w: outcome %v in row %d", ErrValue, y, i)
		}
		binary = binary && (y == 0 || y == 1)
		arms[arm(d.Treated[i])]++
	}
	if arms[0] < 2 || arms[1] < 2 {
		return false, fmt.Errorf("%w: %d treated and %d control rows", ErrNoContrast, arms[1], arms[0])
	}
	return binary, nil
}

func arm(treated bool) int {
	if treated {
		return 1
	}
	return 0
}

// Take copies the given rows.
func (d Experiment) Take(rows []int) Experiment {
	out := Experiment{X: d.X.Take(rows), Treated: make([]bool, len(rows)), Y: make([]float64, len(rows))}
	for k, i := range rows {
		out.Treated[k], out.Y[k] = d.Treated[i], d.Y[i]
	}
	return out
}

// Fit estimates the effect as a function of the features.
func Fit(d Experiment, o Options) (*Model, error) {
	binary, err := d.check()
	if err != nil {
		return nil, err
	}
	if o.Method == "" {
		o.Method = SLearner
	}
	if o.Base == "" {
		o.Base = TreeBase
		if binary {
			o.Base = LogisticBase
		}
	}
	m := &Model{Method: o.Method, Base: o.Base, Rows: len(d.Y), Learners: make([]*propensity.Model, learners(o.Method))}
	for _, t := range d.Treated {
		m.Share += float64(arm(t)) / float64(len(d.Y))
	}
	if learners(o.Method) == 0 {
		return nil, fmt.Errorf("%w: method %q is none of S, T, X, class", ErrValue, o.Method)
	}
	if !binary && (o.Base == LogisticBase || o.Method == ClassT) {
		return nil, fmt.Errorf("%w: method %q with %q needs outcomes 0 and 1", ErrValue, o.Method, o.Base)
	}
	f := fitter{o: o, binary: binary}
	switch o.Method {
	case SLearner:
		err = m.single(d, f)
	case TLearner, XLearner:
		var rows [2][]int
		for i, t := range d.Treated {
			rows[arm(t)] = append(rows[arm(t)], i)
		}
		for a := range 2 {
			part := d.Take(rows[a])
			if m.Learners[a], err = f.learn(part.X, part.Y, nil); err != nil {
				return nil, fmt.Errorf("%s arm: %w", [2]string{"control", "treated"}[a], err)
			}
		}
		if o.Method == XLearner {
			err = m.imputed(d, rows, f)
		}
	case ClassT:
		err = m.class(d, f)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// learners is how many a method has, 0 when there is no such method.
func learners(method string) int {
	switch method {
	case SLearner, ClassT:
		return 1
	case TLearner:
		return 2
	case XLearner:
		return 4
	}
	return 0
}

// fitter fits the learners of one method.
type fitter struct {
	o      Options
	binary bool
}

func (f fitter) learn(x propensity.Table, y, w []float64) (*propensity.Model, error) {
	s := propensity.Sample{X: x, Y: y, W: w}
	if same(y) {
		return constant(x, y[0]), nil
	}
	switch f.o.Base {
	case LogisticBase:
		l, err := propensity.FitLogistic(s, f.o.Logistic)
		return &propensity.Model{Logistic: l}, err
	case TreeBase:
		o := defaultTrees(f.o.Trees)
		o.Loss = propensity.SquaredLoss
		if f.binary {
			o.Loss = propensity.LogLoss
		}
		t, err := propensity.FitTrees(s, o)
		return &propensity.Model{Trees: t}, err
	}
	return nil, fmt.Errorf("%w: base %q is neither %q nor %q", ErrValue, f.o.Base, TreeBase, LogisticBase)
}

// single fits the S-learner.
func (m *Model) single(d Experiment, f fitter) (err error) {
	if f.o.Base != LogisticBase || same(d.Y) {
		m.Learners[0], err = f.learn(m.withTreatment(d.X, d.Treated), d.Y, nil)
		return err
	}
	m.Modifiers = modifiersOf(d.X)
	var held []string
	for _, mod := range m.Modifiers {
		held = append(held, mod.name())
	}
	return m.strongest(propensity.Sample{X: m.withTreatment(d.X, d.Treated), Y: d.Y}, f.o.Logistic, held)
}

// class fits the class transformation: the outcome is 1 for the treated that
// respond and the controls that do not, both arms weighing the same.
func (m *Model) class(d Experiment, f fitter) (err error) {
	z, w := make([]float64, len(d.Y)), make([]float64, len(d.Y))
	for i, t := range d.Treated {
		z[i], w[i] = 1-d.Y[i], .5/(1-m.Share)
		if t {
			z[i], w[i] = d.Y[i], .5/m.Share
		}
	}
	if f.o.Base != LogisticBase || same(z) {
		m.Learners[0], err = f.learn(d.X, z, w)
		return err
	}
	var held []string
	for _, c := range d.X {
		held = append(held, c.Name)
	}
	return m.strongest(propensity.Sample{X: d.X, Y: z, W: w}, f.o.Logistic, held)
}

// strongest fits logistic regressions with stronger and weaker penalties on the
// features by which the effect may differ and keeps the one with the most
// evidence: how much it differs between customers is for the data to say. The
// treatment itself has no penalty.
func (m *Model) strongest(s propensity.Sample, o propensity.LogisticOptions, held []string) error {
	given, best := o.Factor, math.Inf(-1)
	for _, strength := range []float64{1e4, 1e3, 100, 10, 1} {
		o.Factor = map[string]float64{treatment: 0}
		for name, v := range given {
			o.Factor[name] = v
		}
		for _, name := range held {
			v, ok := given[name]
			if !ok {
				v = 1
			}
			o.Factor[name] = strength * v
		}
		l, err := propensity.FitLogistic(s, o)
		if err != nil {
			return err
		}
		if l.Evidence > best {
			best, m.Strength, m.Learners[0] = l.Evidence, strength, &propensity.Model{Logistic: l}
		}
		if o.L1 > 0 || o.NoPenalty { // no evidence to choose by
			break
		}
	}
	return nil
}

// imputed fits the second stage of the X-learner: the effects on the treated,
// y − μ0(x), and on the controls, μ1(x) − y, by trees of squared loss.
func (m *Model) imputed(d Experiment, rows [2][]int, f fitter) error {
	f.o.Base, f.binary = TreeBase, false
	for a := range 2 {
		part := d.Take(rows[a])
		other, err := m.Learners[1-a].Score(part.X)
		if err != nil {
			return err
		}
		for i := range other {
			if other[i] = part.Y[i] - other[i]; a == 0 {
				other[i] = -other[i]
			}
		}
		if m.Learners[2+a], err = f.learn(part.X, other, nil); err != nil {
			return err
		}
	}
	return nil
}

// Predict is the estimated effect of the treatment by row: the change of the
// probability, or of the amount.
func (m *Model) Predict(x propensity.Table) ([]float64, error) {
	n := x.Rows()
	var a, b []float64
	var err error
	switch m.Method {
	case SLearner:
		all := make([]bool, n)
		if b, err = m.Learners[0].Score(m.withTreatment(x, all)); err != nil {
			return nil, err
		}
		for i := range all {
			all[i] = true
		}
		if a, err = m.Learners[0].Score(m.withTreatment(x, all)); err != nil {
			return nil, err
		}
		return combine(a, b, 1, -1), nil
	case ClassT:
		if a, err = m.Learners[0].Score(x); err != nil {
			return nil, err
		}
		for i := range a {
			a[i] = 2*a[i] - 1
		}
		return a, nil
	}
	first := 0
	wa, wb := 1.0, -1.0
	if m.Method == XLearner {
		first, wa, wb = 2, 1-m.Share, m.Share
	}
	if b, err = m.Learners[first].Score(x); err != nil {
		return nil, err
	}
	if a, err = m.Learners[first+1].Score(x); err != nil {
		return nil, err
	}
	return combine(a, b, wa, wb), nil
}

func combine(a, b []float64, wa, wb float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = wa*a[i] + wb*b[i]
	}
	return out
}

func same(y []float64) bool {
	for _, v := range y {
		if v != y[0] {
			return false
		}
	}
	return true
}

// constant is the learner of outcomes that are all alike: no trees at all.
func constant(x propensity.Table, y float64) *propensity.Model {
	t := &propensity.Trees{Loss: propensity.SquaredLoss, Base: y, Rows: x.Rows(), Reason: "all outcomes are alike"}
	for _, c := range x {
		t.Features = append(t.Features, propensity.Feature{Name: c.Name, Categorical: c.Levels != nil})
	}
	return &propensity.Model{Trees: t}
}
