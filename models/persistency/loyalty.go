package persistency

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Part is a component of the loyalty index.
type Part int

// The parts, each better when higher after ranking.
const (
	Tenure  Part = iota // days since the first purchase
	Repeat              // further purchase days per 365 active days since the first, which count as 90 at least
	Rhythm              // evenness: coefficient of variation of the gaps, low is good; needs two gaps
	Recency             // silence over the usual gap, low is good
	PAlive              // probability to be still a customer, given
	Breadth             // number of kinds bought, given
	parts
)

var partNames = [parts]string{"tenure", "repeat", "rhythm", "recency", "p_alive", "breadth"}

// String is the key of the part for tables and translations.
func (p Part) String() string { return partNames[p] }

// Weights of the parts; those used are scaled to a sum of 1.
type Weights [parts]float64

// DefaultWeights are the weights in use when none are given.
func DefaultWeights() Weights { return Weights{0.15, 0.25, 0.15, 0.20, 0.15, 0.10} }

// LoyaltyInput is what the index needs beside the purchases.
type LoyaltyInput struct {
	AsOf    int
	Types   []int     // customers are ranked within their type; nil: all alike
	PAlive  []float64 // one a customer; nil: not known, the part is left out
	Breadth []float64 // one a customer; nil: not known, the part is left out
	Clocks  Clocks
	Weights Weights // all 0 means DefaultWeights
}

// Loyalty is a computed index.
type Loyalty struct {
	AsOf    int
	Weights Weights // as used: of the known parts, with a sum of 1; print them beside the index
	Scores  []LoyaltyScore
}

// LoyaltyScore is one customer's index from 0 to 100 with what it comes from.
// Customers without a purchase up to the day have none: Scored is false.
type LoyaltyScore struct {
	Scored     bool
	Index      float64        // Σ weight × percentile
	Value      [parts]float64 // in the unit of the part
	Known      [parts]bool    // false where the customer or the data have no value
	Percentile [parts]float64 // 0 to 100 within the type, ties in the middle; 100 is best
	Facts      []Fact         // the two parts that move the index furthest from 50; one when only one is weighed
}

// Fact is why an index is high or low.
type Fact struct {
	Part       Part
	Value      float64
	Known      bool
	Percentile float64
	Points     float64 // what the part adds to an index of 50
}

// usual is the least number of active days over which a purchase rate is taken.
const usual = 90

// LoyaltyIndex ranks the customers on each part within their type and weighs the
// percentiles. A part without a value for a customer (no rhythm before the third
// purchase) ranks below all who have one.
func LoyaltyIndex(h *History, in LoyaltyInput) (*Loyalty, error) {
	kinds, err := h.kinds(in.Types)
	if err != nil {
		return nil, err
	}
	l := &Loyalty{AsOf: in.AsOf, Scores: make([]LoyaltyScore, h.Customers())}
	if l.Weights, err = in.weights(h.Customers()); err != nil {
		return nil, err
	}
	typical := typicalGaps(h, kinds, in.Clocks, in.AsOf)
	groups := map[int][]int{}
	for c, kind := range kinds {
		if s := &l.Scores[c]; s.fill(h.Days(c, in.AsOf), in.Clocks[kind], typical[kind], in.AsOf) {
			groups[kind] = append(groups[kind], c)
			if in.PAlive != nil {
				s.Value[PAlive], s.Known[PAlive] = in.PAlive[c], true
			}
			if in.Breadth != nil {
				s.Value[Breadth], s.Known[Breadth] = in.Breadth[c], true
			}
		}
	}
	for _, members := range groups {
		for p := range parts {
			if l.Weights[p] > 0 {
				l.rank(members, p)
			}
		}
	}
	for c := range l.Scores {
		l.Scores[c].finish(l.Weights)
	}
	return l, nil
}

// weights checks the input and scales the weights of the known parts.
func (in LoyaltyInput) weights(customers int) (Weights, error) {
	w := in.Weights
	if w == (Weights{}) {
		w = DefaultWeights()
	}
	for _, p := range []Part{PAlive, Breadth} {
		given := in.PAlive
		if p == Breadth {
			given = in.Breadth
		}
		if given == nil {
			w[p] = 0
			continue
		}
		if len(given) != customers {
			return w, fmt.Errorf("%w: %d customers, %d values of %s", ErrShape, customers, len(given), p)
		}
		for c, v := range given {
			if math.IsNaN(v) || math.IsInf(v, 0) || p == PAlive && (v < 0 || v > 1) {
				return w, fmt.Errorf("%w: customer %d: %s is %v", ErrValue, c, p, v)
			}
		}
	}
	sum := 0.0
	for p, v := range w {
		if !(v >= 0) || math.IsInf(v, 0) {
			return w, fmt.Errorf("%w: the weight %v of %s must be a number from 0", ErrValue, v, Part(p))
		}
		sum += v
	}
	if sum == 0 {
		return w, fmt.Errorf("%w: no part with a weight is known", ErrValue)
	}
	for p := range w {
		w[p] /= sum
	}
	return w, nil
}

// fill computes the parts that come from the purchases; false without any.
func (s *LoyaltyScore) fill(days []int, clock *Clock, typical float64, asOf int) bool {
	if len(days) == 0 {
		return false
	}
	s.Scored = true
	set := func(p Part, v float64) { s.Value[p], s.Known[p] = v, true }
	set(Tenure, float64(asOf-days[0]))
	span := math.Max(usual, clock.Elapsed(days[0], asOf))
	set(Repeat, float64(len(days)-1)*365/span)
	gaps := appendGaps(nil, days, clock)
	gap := typical
	if len(gaps) >= 2 {
		if cv, ok := variation(gaps); ok {
			set(Rhythm, cv)
		}
		slices.Sort(gaps)
		gap = median(gaps)
	}
	set(Recency, clock.Elapsed(days[len(days)-1], asOf)/math.Max(1, gap))
	return true
}

// variation is the coefficient of variation, with n−1.
func variation(values []float64) (float64, bool) {
	var sum, square float64
	for _, v := range values {
		sum += v
	}
	n := float64(len(values))
	mean := sum / n
	if mean <= 0 {
		return 0, false
	}
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	return math.Sqrt(square/(n-1)) / mean, true
}

// rank gives the members their percentiles on a part.
func (l *Loyalty) rank(members []int, p Part) {
	type place struct {
		key      float64
		customer int
	}
	order := make([]place, len(members))
	for i, c := range members {
		s := &l.Scores[c]
		key := s.Value[p]
		if p == Rhythm || p == Recency {
			key = -key
		}
		if !s.Known[p] {
			key = math.Inf(-1)
		}
		order[i] = place{key, c}
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Compare(a.key, b.key) })
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && order[to].key == order[from].key {
			to++
		}
		percentile := 100 * (float64(from) + float64(to-from)/2) / float64(len(order))
		for _, at := range order[from:to] {
			l.Scores[at.customer].Percentile[p] = percentile
		}
		from = to
	}
}

// finish weighs the percentiles and picks the two facts.
func (s *LoyaltyScore) finish(w Weights) {
	if !s.Scored {
		return
	}
	facts := make([]Fact, 0, parts)
	for p := range parts {
		if w[p] == 0 {
			continue
		}
		s.Index += w[p] * s.Percentile[p]
		facts = append(facts, Fact{Part: p, Value: s.Value[p], Known: s.Known[p],
			Percentile: s.Percentile[p], Points: w[p] * (s.Percentile[p] - 50)})
	}
	slices.SortStableFunc(facts, func(a, b Fact) int { return cmp.Compare(math.Abs(b.Points), math.Abs(a.Points)) })
	s.Facts = slices.Clone(facts[:min(2, len(facts))])
}

// Words says the fact in a sentence.
func (f Fact) Words() string {
	var what string
	switch f.Part {
	case Tenure:
		what = fmt.Sprintf("customer for %.1f years", f.Value/365.25)
	case Repeat:
		what = fmt.Sprintf("%.1f further purchases a year", f.Value)
	case Rhythm:
		if !f.Known {
			return "too few purchases to show a rhythm"
		}
		what = fmt.Sprintf("gaps between purchases vary by %.0f %%", 100*f.Value)
	case Recency:
		what = fmt.Sprintf("silent for %.1f times the usual gap", f.Value)
	case PAlive:
		what = fmt.Sprintf("%.0f %% likely to be still a customer", 100*f.Value)
	case Breadth:
		what = fmt.Sprintf("buys %.0f kinds", f.Value)
	}
	if f.Percentile >= 50 {
		return fmt.Sprintf("%s: better than %.0f %% of its type", what, f.Percentile)
	}
	return fmt.Sprintf("%s: worse than %.0f %% of its type", what, 100-f.Percentile)
}
