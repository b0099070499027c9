// Package survival estimates how long something lasts when not all of it has
// ended yet: Kaplan-Meier and Nelson-Aalen curves, the log-rank test and Cox's
// proportional hazards model, for right-censored and left-truncated data.
//
// Times are durations in one unit of the caller's choice (months of tenure,
// days since the first purchase); results are in the same unit.
package survival

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Sample is the input of every estimator, one element a subject in each slice.
// One subject may also be several rows that follow each other, (0,3] and (3,7],
// which is how values that change with time enter a Cox model.
type Sample struct {
	Time   []float64 // time of the event or of the last look, not negative
	Event  []bool    // true: the event was seen at Time; false: not yet by then (right-censored)
	Entry  []float64 // time from which the subject was under observation (left truncation), below Time; nil: from the start
	Weight []float64 // how many identical subjects the row stands for, not negative; nil: 1 each
}

// Errors that a caller may want to tell apart; those returned add the row and
// the value.
var (
	ErrShape = errors.New("survival: the input slices differ in length")
	ErrEmpty = errors.New("survival: there are no subjects")
	ErrValue = errors.New("survival: a value is not usable")
)

// Len is the number of rows.
func (s Sample) Len() int { return len(s.Time) }

func (s Sample) weight(i int) float64 {
	if s.Weight == nil {
		return 1
	}
	return s.Weight[i]
}

func (s Sample) valid() error {
	n := len(s.Time)
	if len(s.Event) != n || s.Entry != nil && len(s.Entry) != n || s.Weight != nil && len(s.Weight) != n {
		return fmt.Errorf("%w: %d times, %d events, %d entries, %d weights",
			ErrShape, n, len(s.Event), len(s.Entry), len(s.Weight))
	}
	total := 0.0
	for i, t := range s.Time {
		if !(t >= 0) || math.IsInf(t, 0) {
			return fmt.Errorf("%w: row %d: the time %v must be a number from 0", ErrValue, i, t)
		}
		if s.Entry != nil && !(s.Entry[i] >= 0 && s.Entry[i] < t) {
			return fmt.Errorf("%w: row %d: the entry %v must be from 0 and below the time %v; leave out rows that were never watched",
				ErrValue, i, s.Entry[i], t)
		}
		w := s.weight(i)
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("%w: row %d: the weight %v must be a number from 0", ErrValue, i, w)
		}
		total += w
	}
	if total == 0 {
		return ErrEmpty
	}
	return nil
}

// Split divides the sample by group code and returns the codes found, in
// ascending order, with one sample each.
func (s Sample) Split(group []int) ([]int, []Sample, error) {
	if len(group) != s.Len() || len(s.Event) != s.Len() {
		return nil, nil, fmt.Errorf("%w: %d times, %d groups", ErrShape, s.Len(), len(group))
	}
	codes := distinct(group)
	parts := make([]Sample, len(codes))
	for i, g := range group {
		k, _ := slices.BinarySearch(codes, g)
		p := &parts[k]
		p.Time = append(p.Time, s.Time[i])
		p.Event = append(p.Event, s.Event[i])
		if s.Entry != nil {
			p.Entry = append(p.Entry, s.Entry[i])
		}
		if s.Weight != nil {
			p.Weight = append(p.Weight, s.Weight[i])
		}
	}
	return codes, parts, nil
}

func distinct(codes []int) []int {
	all := slices.Clone(codes)
	slices.Sort(all)
	return slices.Compact(all)
}

// exit is one row of a sample as the curve estimators see it.
type exit struct {
	time, weight float64
	event        bool
}

// exits lists the rows by time. Ties are ordered by their content, so that the
// order of the input does not change a bit of the result.
func (s Sample) exits() []exit {
	list := make([]exit, 0, s.Len())
	for i, t := range s.Time {
		if w := s.weight(i); w > 0 {
			list = append(list, exit{t, w, s.Event[i]})
		}
	}
	slices.SortFunc(list, func(a, b exit) int {
		if c := cmp.Compare(a.time, b.time); c != 0 {
			return c
		}
		if a.event != b.event {
			if a.event {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.weight, b.weight)
	})
	return list
}

// chiSquareP is the probability that chi-square with df degrees of freedom is
// above x; 1 without degrees of freedom. Below 1e-308 it is 0.
func chiSquareP(x float64, df int) float64 {
	if df <= 0 || !(x > 0) {
		return 1
	}
	return distuv.ChiSquared{K: float64(df)}.Survival(x)
}

// normalQuantile is the two-sided standard normal quantile of a level, 1.96 for
// 0.95.
func normalQuantile(level float64) float64 {
	return distuv.UnitNormal.Quantile(0.5 + level/2)
}

// levelOr checks a confidence level; 0 means 0.95.
func levelOr(level float64) (float64, error) {
	if level == 0 {
		return 0.95, nil
	}
	if !(level > 0 && level < 1) {
		return 0, fmt.Errorf("%w: the confidence level %v must lie between 0 and 1", ErrValue, level)
	}
	return level, nil
}
