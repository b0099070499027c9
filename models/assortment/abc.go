// Package assortment measures what titles do for a list: which of them carry the
// value (ABC) and sell evenly (XYZ), how demand fades with age, what stock
// earns, and which titles stand in for one another.
package assortment

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrShape is returned when input slices do not fit together.
var ErrShape = errors.New("assortment: the input slices do not fit together")

// ABCOptions choose the classes. The zero value means 80 % and 95 %.
type ABCOptions struct {
	A, B float64 // cumulative shares of value at which classes A and B end
}

// ABCPlace is one title's place in order of value.
type ABCPlace struct {
	Rank      int     // from 1, highest value first, equal values in order of key
	Share     float64 // of the total positive value; 0 for titles without a positive value
	Cumulated float64 // up to and including this title
	Class     string  // "A", "B" or "C"
}

// ABC classifies titles by value (revenue, margin, copies; keys break ties and
// must be distinct). A title is in A while the titles before it hold less than
// the share A, so the one that crosses the line still is; likewise B. Titles
// without a positive value are C. Places come in the order of the input. Without
// any positive value all titles are C.
func ABC(values []float64, keys []int64, o ABCOptions) ([]ABCPlace, error) {
	if o == (ABCOptions{}) {
		o = ABCOptions{A: .8, B: .95}
	}
	if len(values) != len(keys) {
		return nil, fmt.Errorf("%w: %d values, %d keys", ErrShape, len(values), len(keys))
	}
	if !(o.A > 0 && o.A <= o.B && o.B <= 1) {
		return nil, fmt.Errorf("assortment: classes end at %v and %v; want 0 < A ≤ B ≤ 1", o.A, o.B)
	}
	order := make([]int, len(values))
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("assortment: title %d has the value %v", keys[i], v)
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case values[a] > values[b]:
			return -1
		case values[a] < values[b]:
			return 1
		case keys[a] < keys[b]:
			return -1
		}
		return 1
	})
	total := 0.0
	for _, i := range order {
		total += max(0, values[i])
	}
	places, before := make([]ABCPlace, len(values)), 0.0
	for rank, i := range order {
		p := ABCPlace{Rank: rank + 1, Class: "C", Cumulated: 1}
		if values[i] > 0 {
			// The tolerance keeps rounding in the sum from moving a line.
			switch share := before / total; {
			case share < o.A-1e-12:
				p.Class = "A"
			case share < o.B-1e-12:
				p.Class = "B"
			}
			before += values[i]
			p.Share, p.Cumulated = values[i]/total, min(1, before/total)
		}
		if total == 0 {
			p.Cumulated = 0
		}
		places[i] = p
	}
	return places, nil
}

// XYZOptions choose the classes. The zero value means 0.5, 1 and six periods.
type XYZOptions struct {
	X, Y       float64 // highest coefficients of variation of classes X and Y
	MinPeriods int     // fewer periods are not judged
}

// Steadiness is how evenly one title sells.
type Steadiness struct {
	Mean   float64 // per period
	CV     float64 // sample standard deviation over mean; 0 when Class is empty
	Class  string  // "X", "Y" or "Z"; "" when not judged
	Reason string  // why not judged
}

// XYZ classifies one title by the coefficient of variation of its demand in
// equal periods (months), which must be those in which it could be had: months
// before publication are no zero demand. A slow title is hardly ever better than
// Z, because chance alone gives a demand of m copies a period a coefficient of
// variation of 1/√m.
func XYZ(demand []float64, o XYZOptions) (Steadiness, error) {
	if o == (XYZOptions{}) {
		o = XYZOptions{X: .5, Y: 1, MinPeriods: 6}
	}
	if !(o.X > 0 && o.X <= o.Y) {
		return Steadiness{}, fmt.Errorf("assortment: classes end at %v and %v; want 0 < X ≤ Y", o.X, o.Y)
	}
	var sum, squares float64
	for k, v := range demand {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Steadiness{}, fmt.Errorf("assortment: demand in period %d is %v", k, v)
		}
		sum += v
	}
	n := float64(len(demand))
	if len(demand) < max(2, o.MinPeriods) {
		return Steadiness{Reason: fmt.Sprintf("%d periods are too few", len(demand))}, nil
	}
	s := Steadiness{Mean: sum / n}
	if s.Mean <= 0 {
		s.Reason = "no demand, net of returns"
		return s, nil
	}
	for _, v := range demand {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	s.CV = math.Sqrt(squares/(n-1)) / s.Mean
	switch {
	case s.CV <= o.X:
		s.Class = "X"
	case s.CV <= o.Y:
		s.Class = "Y"
	default:
		s.Class = "Z"
	}
	return s, nil
}
