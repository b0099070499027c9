package propensity

import (
	"cmp"
	"slices"
)

// split is a way to part the rows of a node.
type split struct {
	feature     int
	gain        float64 // improvement of the penalised loss (twice, as is customary); 0: none
	cut         int     // numbers with a code up to cut go left
	leftLevels  []int   // codes of a categorical feature that go left, ascending
	missingLeft bool
	left, right sum
}

// splitter finds the best split of a node's histogram. Candidates are compared
// in a fixed order and only a larger gain wins, so the choice is unique.
type splitter struct {
	m          *matrix
	o          *TreeOptions
	monotone   []int
	unitG      float64
	unitH      float64
	sums       []sum
	categories []int
}

// value is the Newton step −G/(H+λ), kept within the bounds that monotone
// constraints further up set.
func (s *splitter) value(v sum, l2 float64, b bounds) float64 {
	return min(max(-float64(v.g)*s.unitG/(float64(v.h)*s.unitH+l2), b.low), b.high)
}

// score is the gain of a node with that value: −(2·G·v + (H+λ)·v²), which is
// G²/(H+λ) at the unbounded optimum (Chen and Guestrin 2016, formula 6).
func (s *splitter) score(v sum, l2 float64, b bounds) float64 {
	g, h := float64(v.g)*s.unitG, float64(v.h)*s.unitH+l2
	w := -g / h
	if w >= b.low && w <= b.high {
		return g * g / h
	}
	w = s.value(v, l2, b)
	return -(2*g*w + h*w*w)
}

// best is the split with the largest gain above the least one asked for.
func (s *splitter) best(h histogram, total sum, b bounds) split {
	var best split
	for k := range s.m.features {
		s.sums = s.m.feature(h, k, s.sums[:cap(s.sums)])
		if s.m.features[k].Categorical {
			s.byLevels(k, total, b, &best)
		} else {
			s.byCut(k, total, b, &best)
		}
	}
	return best
}

func (s *splitter) byCut(k int, total sum, b bounds, best *split) {
	values := s.sums[:min(len(s.sums), len(s.m.features[k].Cuts)+1)]
	var missing sum
	if len(s.sums) > len(values) {
		missing = s.sums[len(values)]
	}
	base := s.score(total, s.o.L2, b)
	var left sum
	for cut := 0; cut+1 < len(values); cut++ {
		if values[cut] == (sum{}) {
			continue
		}
		left = left.plus(values[cut])
		right := total.minus(left).minus(missing)
		if missing == (sum{}) {
			if s.better(best, k, left, right, base, s.o.L2, b) {
				best.cut, best.missingLeft = cut, left.h > right.h
			}
			continue
		}
		if s.better(best, k, left.plus(missing), right, base, s.o.L2, b) {
			best.cut, best.missingLeft = cut, true
		}
		if s.better(best, k, left, right.plus(missing), base, s.o.L2, b) {
			best.cut, best.missingLeft = cut, false
		}
	}
	// All numbers to the left, the missing ones to the right.
	if missing != (sum{}) && s.better(best, k, total.minus(missing), missing, base, s.o.L2, b) {
		best.cut, best.missingLeft = len(values)-1, false
	}
}

// manyLevels is where the order of levels by gradient becomes flexible enough
// to chase noise, so that the values of their splits are penalised more.
const manyLevels = 4

// byLevels orders the levels by their mean gradient, pulled towards 0 where
// they are rare, and tries the cuts of that order: the best of all subsets is
// among them (Fisher 1958). Levels without rows here go with the heavier side.
func (s *splitter) byLevels(k int, total sum, b bounds, best *split) {
	s.categories = s.categories[:0]
	for c, v := range s.sums {
		if v != (sum{}) {
			s.categories = append(s.categories, c)
		}
	}
	if len(s.categories) < 2 {
		return
	}
	l2 := s.o.L2
	if len(s.categories) > manyLevels {
		l2 += s.o.CategoryL2
	}
	smooth := s.o.CategoryL2 / s.unitH
	order := func(c int) float64 { return float64(s.sums[c].g) / (float64(s.sums[c].h) + smooth) }
	slices.SortFunc(s.categories, func(a, b int) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a, b))
	})
	base, at := s.score(total, l2, b), -1
	var left sum
	for n, c := range s.categories[:len(s.categories)-1] {
		left = left.plus(s.sums[c])
		if s.better(best, k, left, total.minus(left), base, l2, b) {
			at = n
		}
	}
	if at >= 0 {
		s.keepLevels(k, s.categories[:at+1], best)
	}
}

// keepLevels writes down the codes that go left.
func (s *splitter) keepLevels(k int, left []int, best *split) {
	heavier := best.left.h > best.right.h
	best.leftLevels = nil
	for c := range s.m.features[k].codes() {
		if slices.Contains(left, c) || heavier && (c >= len(s.sums) || s.sums[c] == (sum{})) {
			best.leftLevels = append(best.leftLevels, c)
		}
	}
}

// better takes the two sides as the best split of feature k so far when they are
// allowed and gain more.
func (s *splitter) better(best *split, k int, left, right sum, base, l2 float64, b bounds) bool {
	least := s.o.MinChildWeight
	if float64(left.h)*s.unitH < least || float64(right.h)*s.unitH < least {
		return false
	}
	if m := s.monotone[k]; m != 0 {
		if d := s.value(right, l2, b) - s.value(left, l2, b); d*float64(m) < 0 {
			return false
		}
	}
	gain := s.score(left, l2, b) + s.score(right, l2, b) - base
	if gain <= best.gain || gain <= s.o.MinGain {
		return false
	}
	*best = split{feature: k, gain: gain, left: left, right: right}
	return true
}

// bounds are the values a node may take.
type bounds struct{ low, high float64 }
