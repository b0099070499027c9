// Package backtest judges models of propensity on rows they were not fitted
// on: folds by origin or customer, metrics with intervals, the readiness of the
// data, leaks, and a grade against a stated baseline in words. It also chooses
// between learners by their loss over such folds.
package backtest

import (
	"errors"
	"fmt"

	"verso/models/propensity"
)

// ErrShape is returned when slices that belong together differ in length, or
// there are no rows or folds.
var ErrShape = errors.New("backtest: wrong shape")

// ErrValue is returned, wrapped with the place, for a value that is not allowed.
var ErrValue = errors.New("backtest: value not allowed")

// Words is a text in the languages of the report.
type Words struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

func wordsf(en, zh string, args ...any) Words {
	return Words{fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...)}
}

// Sample is what is backtested: a row is a customer at an origin.
type Sample struct {
	propensity.Sample
	Customer []string // whose row it is; nil: each row is a customer of its own
	Origin   []int    // the day the features are as of, in days since 1970-01-01 or any rising number; nil: no time
	Segment  []string // to be judged apart; nil: none
}

// Take copies the given rows, in the given order.
func (s Sample) Take(rows []int) Sample {
	return Sample{Sample: s.Sample.Take(rows), Customer: propensity.Take(s.Customer, rows), Origin: propensity.Take(s.Origin, rows), Segment: propensity.Take(s.Segment, rows)}
}

func (s Sample) check() error {
	n := len(s.Y)
	if n == 0 || s.X.Rows() != n {
		return fmt.Errorf("%w: %d columns of %d rows, %d outcomes", ErrShape, len(s.X), s.X.Rows(), n)
	}
	if s.W != nil && len(s.W) != n || s.Customer != nil && len(s.Customer) != n || s.Origin != nil && len(s.Origin) != n || s.Segment != nil && len(s.Segment) != n {
		return fmt.Errorf("%w: %d outcomes, but %d weights, %d customers, %d origins, %d segments", ErrShape, n, len(s.W), len(s.Customer), len(s.Origin), len(s.Segment))
	}
	for i, y := range s.Y {
		if y != 0 && y != 1 {
			return fmt.Errorf("%w: outcome %v in row %d is neither 0 nor 1", ErrValue, y, i)
		}
	}
	return nil
}

// Scorer is a fitted model.
type Scorer interface {
	Score(x propensity.Table) ([]float64, error)
}

// CrossFit predicts the test rows of every fold by a model fitted on its
// training rows only. fit gets these and the fold they are of. Rows that no fold
// tests are left out of the predictions; a row tested twice is an error.
func CrossFit(s Sample, folds []Fold, fit func(train Sample, f Fold) (Scorer, error)) (*Predictions, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if len(folds) == 0 {
		return nil, fmt.Errorf("%w: no folds", ErrShape)
	}
	tested := make([]bool, len(s.Y))
	out := &Predictions{}
	for _, f := range folds {
		for _, i := range f.Test {
			if tested[i] {
				return nil, fmt.Errorf("%w: row %d is tested in two folds, the second is %s", ErrValue, i, f.Name)
			}
			tested[i] = true
		}
		m, err := fit(s.Take(f.Train), f)
		if err != nil {
			return nil, fmt.Errorf("fold %s: %w", f.Name, err)
		}
		p, err := m.Score(s.X.Take(f.Test))
		if err != nil {
			return nil, fmt.Errorf("fold %s: %w", f.Name, err)
		}
		out.add(s, f, p)
	}
	return out, nil
}

// Predictions are probabilities of rows that the model was not fitted on. All
// slices have one element a row; W, Customer, Fold and Segment may be nil.
type Predictions struct {
	Row      []int     // place in the sample
	Y        []float64 // what happened: 0 or 1
	P        []float64 // the probability of 1
	W        []float64 // weights; nil: 1 each
	Customer []string  // drawn together by the bootstrap; nil: each row alone
	Fold     []string  // origin or fold, in the order they are to be shown
	Segment  []string
}

func (p *Predictions) add(s Sample, f Fold, score []float64) {
	p.Row = append(p.Row, f.Test...)
	p.Y = append(p.Y, propensity.Take(s.Y, f.Test)...)
	p.P = append(p.P, score...)
	p.W = append(p.W, propensity.Take(s.W, f.Test)...)
	p.Customer = append(p.Customer, propensity.Take(s.Customer, f.Test)...)
	p.Segment = append(p.Segment, propensity.Take(s.Segment, f.Test)...)
	for range f.Test {
		p.Fold = append(p.Fold, f.Name)
	}
}

// With is the same rows with the probabilities of another model, such as a
// baseline. p has one element a row of the predictions.
func (p *Predictions) With(score []float64) *Predictions {
	q := *p
	q.P = score
	return &q
}

// BaseRates is the baseline that knows nothing of a customer: every test row
// gets the rate of the training rows of its fold, drawn in by half a row of each
// outcome so that a rate of 0 or 1 is not taken for certain.
func BaseRates(s Sample, folds []Fold) (*Predictions, error) {
	return CrossFit(s, folds, func(train Sample, _ Fold) (Scorer, error) {
		ones, all := .5, 1.0
		for i, y := range train.Y {
			w := 1.0
			if train.W != nil {
				w = train.W[i]
			}
			ones += w * y
			all += w
		}
		return constant(ones / all), nil
	})
}

// constant gives every row the same probability.
type constant float64

func (c constant) Score(x propensity.Table) ([]float64, error) {
	out := make([]float64, x.Rows())
	for i := range out {
		out[i] = float64(c)
	}
	return out, nil
}
