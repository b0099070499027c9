// Package rfm scores customers by recency, frequency and monetary value.
//
// Recency is the days from the last purchase to the as-of date, frequency the
// number of distinct orders with a positive amount, monetary the sum of those
// amounts (a sum, not a mean). Customers without a purchase have no score.
package rfm

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// Customers is the input, one element a customer in every slice.
type Customers struct {
	Recency   []float64 // days, not negative
	Frequency []float64 // orders, at least 1
	Monetary  []float64 // money
}

// Options choose how values become scores. The zero value means quintiles.
type Options struct {
	Fixed *Breaks // nil: quintiles
}

// Breaks are the four inner boundaries of each measure in ascending order. A
// value above k of the boundaries scores 1+k; for recency, where fewer days are
// better, 5−k.
type Breaks struct {
	Recency   [4]float64 `json:"recency" yaml:"recency"`     // days
	Frequency [4]float64 `json:"frequency" yaml:"frequency"` // orders
	Monetary  [4]float64 `json:"monetary" yaml:"monetary"`   // money
}

// Score is one customer's result; 5 is best in every part.
type Score struct{ R, F, M int }

// Cell writes the score as three digits, such as 545.
func (s Score) Cell() string { return fmt.Sprintf("%d%d%d", s.R, s.F, s.M) }

// Model is a fitted scoring: the values at which scores change, for the record.
type Model struct {
	Mode   string // "quintile" or "fixed"
	Scores []Score
	Lowest [3][5]float64 // smallest value seen in each of the five scores of R, F, M; NaN where none
}

// ErrShape is returned when the input slices differ in length.
var ErrShape = errors.New("rfm: recency, frequency and monetary differ in length")

// Fit scores all customers.
//
// In quintile mode equal values always get the same score: a value's place is
// its mid-rank p = (customers below + half of those equal) / all, and its score
// 1 + ⌊5p⌋. With heavy ties (half of all customers bought once) a score can
// therefore be empty, which is the truth about the data.
func Fit(c Customers, o Options) (*Model, error) {
	n := len(c.Recency)
	if len(c.Frequency) != n || len(c.Monetary) != n {
		return nil, ErrShape
	}
	m := &Model{Mode: "quintile", Scores: make([]Score, n)}
	var r, f, v []int
	if o.Fixed != nil {
		m.Mode = "fixed"
		if err := o.Fixed.valid(); err != nil {
			return nil, err
		}
		r = byBreaks(c.Recency, o.Fixed.Recency)
		f = byBreaks(c.Frequency, o.Fixed.Frequency)
		v = byBreaks(c.Monetary, o.Fixed.Monetary)
	} else {
		r, f, v = quintiles(c.Recency), quintiles(c.Frequency), quintiles(c.Monetary)
	}
	for i := range m.Scores {
		m.Scores[i] = Score{R: 6 - r[i], F: f[i], M: v[i]}
	}
	for k, values := range [][]float64{c.Recency, c.Frequency, c.Monetary} {
		m.Lowest[k] = lowest(values, m.Scores, k)
	}
	return m, nil
}

func (b *Breaks) valid() error {
	for name, list := range map[string][4]float64{"recency": b.Recency, "frequency": b.Frequency, "monetary": b.Monetary} {
		if !sort.Float64sAreSorted(list[:]) {
			return fmt.Errorf("rfm: the fixed %s breaks %v must ascend", name, list)
		}
	}
	return nil
}

func byBreaks(values []float64, breaks [4]float64) []int {
	scores := make([]int, len(values))
	for i, x := range values {
		scores[i] = 1
		for _, b := range breaks {
			if x > b {
				scores[i]++
			}
		}
	}
	return scores
}

func quintiles(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	scores := make([]int, len(values))
	n := float64(len(values))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		p := (float64(from) + float64(to-from)/2) / n
		score := min(5, 1+int(5*p))
		for _, i := range order[from:to] {
			scores[i] = score
		}
		from = to
	}
	return scores
}

func lowest(values []float64, scores []Score, part int) (low [5]float64) {
	for k := range low {
		low[k] = math.NaN()
	}
	for i, x := range values {
		k := [3]int{scores[i].R, scores[i].F, scores[i].M}[part] - 1
		if math.IsNaN(low[k]) || x < low[k] {
			low[k] = x
		}
	}
	return low
}

// Segment names the cell of the R × FM map a score falls into, where FM is the
// mean of F and M rounded half up. The names are fixed keys for tables and
// translations.
func (s Score) Segment() string {
	fm := (s.F + s.M + 1) / 2
	return segments[s.R-1][fm-1]
}

// segments[r-1][fm-1]: from the lost (few, long ago) to the champions.
var segments = [5][5]string{
	{"lost", "lost", "at_risk", "at_risk", "cannot_lose"},
	{"hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"},
	{"about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"},
	{"promising", "potential", "potential", "loyal", "champions"},
	{"new", "potential", "potential", "loyal", "champions"},
}

// Segments lists the segment names from best to worst.
func Segments() []string {
	return []string{"champions", "loyal", "potential", "new", "promising", "need_attention",
		"about_to_sleep", "cannot_lose", "at_risk", "hibernating", "lost"}
}
