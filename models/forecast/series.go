// Package forecast predicts the coming values of many series: demand a title,
// sales a subject, new customers a month.
//
// It holds the usual methods (naive, SES, Holt, damped trend, Theta, ETS,
// Croston, SBA, TSB), a combination that is the default, intervals from the
// errors the same method made on the series' own past and on series like it,
// reconciliation of hierarchies, and the number of customers to come from
// acquisition and retention. Nothing here reads a clock, and the same input
// gives the same bytes on any number of cores.
package forecast

import (
	"fmt"
	"math"
	"strings"
)

// Series is one history at equal steps, oldest first.
type Series struct {
	Name   string    // for reports and errors
	Values []float64 // any unit; NaN is a missing value, zero is a zero
	Period int       // steps in a seasonal cycle: 12 months, 4 quarters, 7 days; 0 or 1: no season
	Start  int       // number of the first step on the caller's own count, such as 12·year + month − 1
}

// history is a series made ready: from its first known value to its last, the
// gaps between them filled.
type history struct {
	y       []float64
	known   []bool // nil: all
	period  int
	ahead   int // missing values after the last known one
	demand  Demand
	notes   []string
	isConst bool
}

func (h *history) note(format string, args ...any) {
	h.notes = append(h.notes, fmt.Sprintf(format, args...))
}

func (h *history) reason() string { return strings.Join(h.notes, "; ") }

// isKnown says whether value t was given and not filled in.
func (h *history) isKnown(t int) bool { return h.known == nil || h.known[t] }

// prepare checks a series and fills its gaps. Missing values at the start are
// dropped; at the end they are forecast like the future. One between is filled
// with the mean of the values one cycle before and after where both are known,
// else by a straight line between its known neighbours.
func prepare(s Series) (*history, error) {
	if s.Period < 0 {
		return nil, fmt.Errorf("forecast: series %q: a period of %d steps: give 1 or more", s.Name, s.Period)
	}
	first, last, known := -1, -1, 0
	for t, v := range s.Values {
		if math.IsInf(v, 0) || math.Abs(v) > 1e100 {
			return nil, fmt.Errorf("forecast: series %q: value %d is %v: give finite values up to 1e100, NaN where missing", s.Name, t+1, v)
		}
		if math.IsNaN(v) {
			continue
		}
		if first < 0 {
			first = t
		}
		last = t
		known++
	}
	h := &history{period: max(1, s.Period), demand: Demand{Class: NoDemand}}
	if known == 0 {
		h.note("no values: nothing to forecast from")
		return h, nil
	}
	h.ahead = len(s.Values) - 1 - last
	h.y = s.Values[first : last+1]
	if gaps := len(h.y) - known; gaps > 0 {
		h.fill()
		h.note("%d missing values between the first and the last were filled in", gaps)
	}
	if h.ahead > 0 {
		h.note("the last %d values are missing and were forecast like the future", h.ahead)
	}
	h.demand = ClassifyDemand(h.y)
	h.describe()
	return h, nil
}

// fill replaces the missing values of a copy.
func (h *history) fill() {
	given := h.y
	h.y = append([]float64(nil), given...)
	h.known = make([]bool, len(given))
	before := 0
	for t, v := range given {
		if h.known[t] = !math.IsNaN(v); h.known[t] {
			before = t
			continue
		}
		after := t + 1
		for math.IsNaN(given[after]) {
			after++
		}
		share := float64(t-before) / float64(after-before)
		h.y[t] = given[before] + share*(given[after]-given[before])
		if p := h.period; p > 1 && t >= p && t+p < len(given) && !math.IsNaN(given[t-p]) && !math.IsNaN(given[t+p]) {
			h.y[t] = (given[t-p] + given[t+p]) / 2
		}
	}
}

// shortest is the number of values from which parameters are fitted.
const shortest = 5

// describe notes what stands in the way of a full model.
func (h *history) describe() {
	n := len(h.y)
	h.isConst = true
	for _, v := range h.y {
		if v != h.y[0] {
			h.isConst = false
			break
		}
	}
	switch {
	case n < shortest:
		h.note("only %d values: too few to fit anything, the last value is carried on", n)
	case h.isConst:
		h.note("all values are equal: the forecast repeats them")
	case h.period > 1 && n <= 2*h.period:
		h.note("%d values are not more than two cycles of %d: no season was looked for", n, h.period)
	}
}

// knownValues is how many values were given and not filled in.
func (h *history) knownValues() int {
	if h.known == nil {
		return len(h.y)
	}
	count := 0
	for _, k := range h.known {
		if k {
			count++
		}
	}
	return count
}
