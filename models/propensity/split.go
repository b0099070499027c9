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
			s.offer(best, split{feature: k, cut: cut, left: left, right: right, missingLeft: left.h > right.h}, base, s.o.L2, b)
			continue
		}
		s.offer(best, split{feature: k, cut: cut, left: left.plus(missing), right: right, missingLeft: true}, base, s.o.L2, b)
		s.offer(best, split{feature: k, cut: cut, left: left, right: right.plus(missing)}, base, s.o.L2, b)
	}
	if len(values) > 0 && missing != (sum{}) {
		// All numbers to the left, the missing ones to the right.
		s.offer(best, split{feature: k, cut: len(values) - 1, left: total.minus(missing), right: missing}, base, s.o.L2, b)
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
	base, before, at := s.score(total, l2, b), best.gain, -1
	var left sum
	for n, c := range s.categories[:len(s.categories)-1] {
		left = left.plus(s.sums[c])
		gain := best.gain
		s.offer(best, split{feature: k, left: left, right: total.minus(left)}, base, l2, b)
		if best.gain > gain {
			at = n
		}
	}
	if best.gain > before {
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

// offer takes the candidate when it is allowed and better.
func (s *splitter) offer(best *split, c split, base, l2 float64, b bounds) {
	least := s.o.MinChildWeight
	if float64(c.left.h)*s.unitH < least || float64(c.right.h)*s.unitH < least {
		return
	}
	if m := s.monotone[c.feature]; m != 0 {
		if d := s.value(c.right, l2, b) - s.value(c.left, l2, b); d*float64(m) < 0 {
			return
		}
	}
	c.gain = s.score(c.left, l2, b) + s.score(c.right, l2, b) - base
	if c.gain > best.gain && c.gain > s.o.MinGain {
		*best = c
	}
}

// bounds are the values a node may take.
type bounds struct{ low, high float64 }
