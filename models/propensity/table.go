// Package propensity predicts an outcome of customers (buy, churn, respond,
// amount) from features: a penalised logistic regression and gradient-boosted
// trees on one input, calibration of their probabilities, and the share each
// feature has in a score.
package propensity

import (
	"errors"
	"fmt"
	"math"
)

// ErrShape is returned when slices that belong together differ in length, a
// sample is empty, or a table lacks a column the model was fitted on.
var ErrShape = errors.New("propensity: wrong shape")

// ErrValue is returned, wrapped with the place, for a value that is not
// allowed: an outcome other than 0 and 1, an infinite feature, a bad option.
var ErrValue = errors.New("propensity: value not allowed")

// ErrOneOutcome is returned when all outcomes are alike: there is nothing to
// learn. Use the base rate.
var ErrOneOutcome = errors.New("propensity: all outcomes are alike, so there is nothing to learn")

// Column is one feature with one element a row: either numbers or levels.
type Column struct {
	Name    string
	Numbers []float64 // NaN is missing; nil when the feature is categorical
	Levels  []string  // the category of each row, "" is missing; nil when numeric
}

// Table is the features, one column each. Names are distinct.
type Table []Column

// Sample is what a model learns from.
type Sample struct {
	X Table
	Y []float64 // outcome a row: 0 or 1, or any number for squared loss
	W []float64 // weight a row, not negative; nil: 1 each. A weight of k counts as k equal rows
}

// Rows is the number of rows, 0 without columns.
func (t Table) Rows() int {
	if len(t) == 0 {
		return 0
	}
	return t[0].rows()
}

func (c Column) rows() int {
	if c.Levels != nil {
		return len(c.Levels)
	}
	return len(c.Numbers)
}

// Take copies the given rows, in the given order; a row may repeat. It panics,
// as a slice does, when a row is out of range.
func (t Table) Take(rows []int) Table {
	out := make(Table, len(t))
	for k, c := range t {
		out[k] = Column{Name: c.Name, Numbers: Take(c.Numbers, rows), Levels: Take(c.Levels, rows)}
	}
	return out
}

// Take copies the given rows; see Table.Take.
func (s Sample) Take(rows []int) Sample {
	return Sample{X: s.X.Take(rows), Y: Take(s.Y, rows), W: Take(s.W, rows)}
}

// Take copies the given elements, in the given order; nil stays nil.
func Take[T any](from []T, rows []int) []T {
	if from == nil {
		return nil
	}
	out := make([]T, len(rows))
	for k, i := range rows {
		out[k] = from[i]
	}
	return out
}

func (t Table) check() error {
	seen := map[string]bool{}
	for _, c := range t {
		if (c.Numbers == nil) == (c.Levels == nil) {
			return fmt.Errorf("%w: column %q needs either numbers or levels", ErrShape, c.Name)
		}
		if seen[c.Name] {
			return fmt.Errorf("%w: two columns are named %q", ErrShape, c.Name)
		}
		seen[c.Name] = true
		if c.rows() != t.Rows() {
			return fmt.Errorf("%w: column %q has %d rows, %q has %d", ErrShape, c.Name, c.rows(), t[0].Name, t.Rows())
		}
		for i, v := range c.Numbers {
			if math.IsInf(v, 0) {
				return fmt.Errorf("%w: %q is infinite in row %d; use NaN for missing", ErrValue, c.Name, i)
			}
		}
	}
	return nil
}

// check refuses what no learner can use; binary also asks for outcomes 0 and 1
// that both occur. Rows of weight 0 are left out of the result.
func (s Sample) check(binary bool) (Sample, error) {
	n := len(s.Y)
	if len(s.X) == 0 || n == 0 || s.X.Rows() != n || s.W != nil && len(s.W) != n {
		return s, fmt.Errorf("%w: %d columns of %d rows, %d outcomes, %d weights", ErrShape, len(s.X), s.X.Rows(), n, len(s.W))
	}
	if err := s.X.check(); err != nil {
		return s, err
	}
	var kept []int
	for i, w := range s.W {
		if !(w >= 0) || math.IsInf(w, 0) {
			return s, fmt.Errorf("%w: weight %v in row %d is negative or not finite", ErrValue, w, i)
		}
		if w > 0 {
			kept = append(kept, i)
		}
	}
	if s.W != nil && len(kept) < n {
		s = s.Take(kept)
	}
	if len(s.Y) == 0 {
		return s, fmt.Errorf("%w: every weight is 0", ErrShape)
	}
	alike := true
	for i, y := range s.Y {
		if binary && y != 0 && y != 1 || math.IsNaN(y) || math.IsInf(y, 0) {
			return s, fmt.Errorf("%w: outcome %v in row %d", ErrValue, y, i)
		}
		alike = alike && y == s.Y[0]
	}
	if alike {
		return s, fmt.Errorf("%w: %v in all %d rows", ErrOneOutcome, s.Y[0], len(s.Y))
	}
	return s, nil
}

// pick orders a table's columns as the model wants them.
func (t Table) pick(features []Feature) (Table, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	at := map[string]int{}
	for k, c := range t {
		at[c.Name] = k
	}
	out := make(Table, len(features))
	for k, f := range features {
		i, ok := at[f.Name]
		if !ok {
			return nil, fmt.Errorf("%w: the model was fitted on column %q, which is not there", ErrShape, f.Name)
		}
		if (t[i].Levels != nil) != f.Categorical {
			return nil, fmt.Errorf("%w: column %q was numbers when the model was fitted and is levels now, or the reverse", ErrShape, f.Name)
		}
		out[k] = t[i]
	}
	return out, nil
}
