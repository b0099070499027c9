// Package churn predicts which customers stop buying where no contract says so:
// rows of customers at origins, learners and their champion, backtests by rolling
// origins beside plain baselines, reasons in human concepts, and the changes that
// come before or beside leaving: fading, a product class moved elsewhere.
package churn

import (
	"fmt"
	"math"

	"verso/models/propensity"
)

// The learners, simplest first.
const (
	Logistic = "logistic" // penalised regression on logarithms
	Trees    = "trees"    // boosted trees
	Blend    = "blend"    // the mean of their log-odds
)

// Kinds are the learners, simplest first.
func Kinds() []string { return []string{Logistic, Trees, Blend} }

// Feature is how a column is learned from.
type Feature struct {
	Name     string
	Concept  string // what a person would call it: several features are one concept
	Log      bool   // the regression learns ln(1+x)
	Monotone int    // trees: +1 the risk may only rise with it, −1 only fall
}

// Model is a fitted learner. Its probabilities are those of the learner with its
// log-odds stretched, and all odds moved by one factor, that of the season.
type Model struct {
	Kind     string               `json:"kind"`
	Logs     []string             `json:"logs"` // columns the regression sees as ln(1+x)
	Logistic *propensity.Logistic `json:"logistic,omitempty"`
	Trees    *propensity.Trees    `json:"trees,omitempty"`
	Slope    float64              `json:"slope"` // of the log-odds: above 1 where shrinkage made them timid
	Shift    float64              `json:"shift"` // of the log-odds
}

// Shrinkage of both learners: customers of one origin resemble one another and
// those of other origins, so the rows are worth less than their number.
const (
	penalty     = 100
	treeLeaf    = 20
	treePenalty = 5
)

// Fit fits both learners on a sample; Of picks one of them or their blend.
func Fit(s propensity.Sample, features []Feature) (*Model, error) {
	m := &Model{Kind: Blend, Slope: 1}
	monotone := map[string]int{}
	for _, f := range features {
		for _, c := range s.X {
			if c.Name != f.Name {
				continue
			}
			if f.Log {
				m.Logs = append(m.Logs, f.Name)
			}
			if f.Monotone != 0 {
				monotone[f.Name] = f.Monotone
			}
		}
	}
	var err error
	if m.Logistic, err = propensity.FitLogistic(propensity.Sample{X: m.logged(s.X), Y: s.Y, W: s.W}, propensity.LogisticOptions{L2: penalty}); err != nil {
		return nil, fmt.Errorf("logistic regression: %w", err)
	}
	if m.Trees, err = propensity.FitTrees(s, propensity.TreeOptions{Depth: 3, Rounds: 200, Rate: .05, MinChildWeight: treeLeaf, L2: treePenalty, Monotone: monotone}); err != nil {
		return nil, fmt.Errorf("boosted trees: %w", err)
	}
	return m, nil
}

// Of is the model with one learner only, or with both for Blend, and its own slope
// and shift.
func (m *Model) Of(kind string, slope, shift float64) *Model {
	out := &Model{Kind: kind, Logs: m.Logs, Slope: slope, Shift: shift}
	if kind != Trees {
		out.Logistic = m.Logistic
	}
	if kind != Logistic {
		out.Trees = m.Trees
	}
	return out
}

// logged has ln(1+x) of the columns that the regression sees so; below 0 counts as 0.
func (m *Model) logged(x propensity.Table) propensity.Table {
	is := map[string]bool{}
	for _, name := range m.Logs {
		is[name] = true
	}
	out := make(propensity.Table, len(x))
	for k, c := range x {
		if out[k] = c; !is[c.Name] {
			continue
		}
		out[k].Numbers = make([]float64, len(c.Numbers))
		for i, v := range c.Numbers {
			out[k].Numbers[i] = v
			if !math.IsNaN(v) {
				out[k].Numbers[i] = math.Log1p(math.Max(0, v))
			}
		}
	}
	return out
}

// part is one learner of a model and the table it sees.
type part struct {
	learner propensity.Learner
	x       propensity.Table
}

func (m *Model) parts(x propensity.Table) []part {
	var list []part
	if m.Logistic != nil {
		list = append(list, part{m.Logistic, m.logged(x)})
	}
	if m.Trees != nil {
		list = append(list, part{m.Trees, x})
	}
	return list
}

// Score is the probability of churn by row.
func (m *Model) Score(x propensity.Table) ([]float64, error) {
	out := make([]float64, x.Rows())
	parts := m.parts(x)
	for _, p := range parts {
		margins, err := p.learner.Margins(p.x)
		if err != nil {
			return nil, err
		}
		for i, v := range margins {
			out[i] += v / float64(len(parts))
		}
	}
	for i, v := range out {
		out[i] = sigmoid(m.Slope*v + m.Shift)
	}
	return out, nil
}

// Explain splits the log-odds of every row, before the shift, into a base and a
// share a feature: the mean of both learners' exact shares for a blend.
func (m *Model) Explain(x propensity.Table) (*propensity.Explanation, error) {
	var out *propensity.Explanation
	parts := m.parts(x)
	w := m.Slope / float64(len(parts))
	for _, p := range parts {
		e, err := p.learner.Explain(p.x)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = &propensity.Explanation{Names: e.Names, Shares: make([][]float64, len(e.Names)), Margins: make([]float64, len(e.Margins))}
			for k := range out.Shares {
				out.Shares[k] = make([]float64, len(e.Margins))
			}
		}
		place := map[string]int{}
		for k, name := range out.Names {
			place[name] = k
		}
		out.Base += w * e.Base
		for k, name := range e.Names {
			to := out.Shares[place[name]]
			for i, v := range e.Shares[k] {
				to[i] += w * v
			}
		}
		for i, v := range e.Margins {
			out.Margins[i] += w * v
		}
	}
	return out, nil
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logit(p float64) float64 {
	p = math.Min(math.Max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
