package propensity

import "fmt"

// blend is the weighted mean of the margins of trees and of a logistic
// regression. Shares of features are linear in the margins, so they add up too.
type blend struct {
	trees    *Trees
	logistic *Logistic
	share    float64 // of the trees
}

// Margins are log-odds by row.
func (b *blend) Margins(x Table) ([]float64, error) {
	out, err := b.trees.Margins(x)
	if err != nil {
		return nil, err
	}
	other, err := b.logistic.Margins(x)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i] = b.share*out[i] + (1-b.share)*other[i]
	}
	return out, nil
}

// Score is the probability of outcome 1 by row.
func (b *blend) Score(x Table) ([]float64, error) {
	out, err := b.Margins(x)
	for i, m := range out {
		out[i] = sigmoid(m)
	}
	return out, err
}

// Explain mixes the shares of both.
func (b *blend) Explain(x Table) (*Explanation, error) {
	out, err := b.trees.Explain(x)
	if err != nil {
		return nil, err
	}
	other, err := b.logistic.Explain(x)
	if err != nil {
		return nil, err
	}
	out.Base = b.share*out.Base + (1-b.share)*other.Base
	for i := range out.Margins {
		out.Margins[i] = b.share*out.Margins[i] + (1-b.share)*other.Margins[i]
	}
	place := map[string]int{}
	for k, name := range out.Names {
		place[name] = k
		for i := range out.Shares[k] {
			out.Shares[k][i] *= b.share
		}
	}
	for k, name := range other.Names {
		at, ok := place[name]
		if !ok {
			at = len(out.Names)
			out.Names, out.Shares = append(out.Names, name), append(out.Shares, make([]float64, len(out.Margins)))
		}
		for i, v := range other.Shares[k] {
			out.Shares[at][i] += (1 - b.share) * v
		}
	}
	return out, nil
}

// Spec is a learner with its settings, as candidates are listed and compared.
// With both set it is their blend.
type Spec struct {
	Name       string
	Logistic   *LogisticOptions
	Trees      *TreeOptions
	TreesShare float64 // of a blend; 0: .5
}

// Fit fits the learner.
func (c Spec) Fit(s Sample) (*Model, error) {
	m := &Model{}
	var err error
	if c.Logistic == nil && c.Trees == nil {
		return nil, fmt.Errorf("%w: %q names neither trees nor a logistic regression", ErrShape, c.Name)
	}
	if c.Logistic != nil {
		if m.Logistic, err = FitLogistic(s, *c.Logistic); err != nil {
			return nil, err
		}
	}
	if c.Trees != nil {
		if m.Trees, err = FitTrees(s, *c.Trees); err != nil {
			return nil, err
		}
	}
	if c.Logistic != nil && c.Trees != nil {
		m.TreesShare = c.TreesShare
		if m.TreesShare == 0 {
			m.TreesShare = .5
		}
	}
	return m, m.check()
}
