package basket

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"verso/models/metric"
)

// Sized is what a rule is worth beside the sizes of baskets. Large baskets hold
// more of everything, so that any two items look bought together wherever sizes
// differ much; this compares with baskets filled at random that have the sizes
// and the items that they have.
type Sized struct {
	Expected float64 // baskets with antecedent and consequent by their sizes alone
	Lift     float64 // the rule's count over Expected; 0 when Expected is 0
	// P is the probability of as many or more by sizes alone, Q its false
	// discovery rate (Benjamini & Hochberg) over all tests of the model.
	P, Q float64
}

// BySize judges rules of the baskets they were mined from. sizes[b] is how many
// different items basket b holds in all, those left out of b included; nil means
// as many as b has. tests is the number that the probabilities are corrected for.
//
// Baskets are put in classes of about equal size (a factor of at most 2^¼). In a
// class whose baskets have N places outside the antecedent's items, K of them in
// baskets with the antecedent, the C copies of the consequent fall on
// hypergeometric C·K/N of those. P is the tail of a Poisson distribution with the
// sum as its mean: wider than the sum itself, so that P errs on the large side.
func BySize(ctx context.Context, b Baskets, sizes []int32, rules []Rule, tests int) ([]Sized, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if sizes == nil {
		sizes = make([]int32, b.Count())
		for k := range sizes {
			sizes[k] = int32(b.Start[k+1] - b.Start[k])
		}
	}
	if len(sizes) != b.Count() {
		return nil, fmt.Errorf("%w: %d sizes of %d baskets", ErrShape, len(sizes), b.Count())
	}
	s := newSizing(b.Distinct, rules)
	for k := range sizes {
		if k%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.add(b.Items[b.Start[k]:b.Start[k+1]], int(sizes[k]))
	}
	judged, p := make([]Sized, len(rules)), make([]float64, len(rules))
	for i, r := range rules {
		j := &judged[i]
		j.Expected, j.P = s.expected(i, r), 1
		if j.Expected > 0 {
			j.Lift = float64(r.Count) / j.Expected
			if float64(r.Count) > j.Expected {
				j.P = mathext.GammaIncReg(float64(r.Count), j.Expected)
			}
		}
		p[i] = j.P
	}
	for i, q := range metric.BenjaminiHochberg(p, tests) {
		judged[i].Q = q
	}
	return judged, nil
}

// Owners is how many different owners the baskets with a whole rule have, by
// rule; owners[b] says whose basket b is. The orders of one owner are no
// independent cases: a rule of many orders and few owners tells of their taste
// alone.
func Owners(ctx context.Context, b Baskets, owners []int64, rules []Rule) ([]int, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if len(owners) != b.Count() {
		return nil, fmt.Errorf("%w: %d owners of %d baskets", ErrShape, len(owners), b.Count())
	}
	s := newSizing(b.Distinct, rules)
	of := make([]map[int64]bool, len(rules))
	for i := range of {
		of[i] = map[int64]bool{}
	}
	for k, owner := range owners {
		if k%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		basket := b.Items[b.Start[k]:b.Start[k+1]]
		s.add(basket, len(basket))
		for _, p := range s.fresh {
			for _, i := range s.by[p] {
				if s.mark[s.place[rules[i].Consequent]] == s.basket && s.holds(rules[i].Antecedent) {
					of[i][owner] = true
				}
			}
		}
	}
	counts := make([]int, len(rules))
	for i := range of {
		counts[i] = len(of[i])
	}
	return counts, nil
}

// sizeClass numbers the classes of basket sizes.
func sizeClass(size int) int {
	if size < 1 {
		return 0
	}
	return 1 + int(4*math.Log2(float64(size)))
}

const sizeClasses = 2 + 4*31

// sizing counts by class of size. Items in rules have places 0, 1, …; of others
// the place is −1.
type sizing struct {
	places [sizeClasses]float64
	place  []int32                // by item
	counts [][sizeClasses]float64 // by place: baskets that hold the item
	mark   []int                  // by place: the last basket that held the item
	by     [][]int                // by place: rules whose antecedent begins with the item
	rules  []Rule
	rest   [][sizeClasses]float64 // by rule
	basket int
	fresh  []int32 // the items in rules that the basket added last holds, once each
}

func newSizing(distinct int, rules []Rule) *sizing {
	s := &sizing{place: make([]int32, distinct), rules: rules, rest: make([][sizeClasses]float64, len(rules))}
	for i := range s.place {
		s.place[i] = -1
	}
	for i, r := range rules {
		for _, item := range append([]int32{r.Consequent}, r.Antecedent...) {
			if s.place[item] < 0 {
				s.place[item] = int32(len(s.by))
				s.by = append(s.by, nil)
			}
		}
		first := s.place[r.Antecedent[0]]
		s.by[first] = append(s.by[first], i)
	}
	s.counts, s.mark = make([][sizeClasses]float64, len(s.by)), make([]int, len(s.by))
	return s
}

// add counts one basket.
func (s *sizing) add(items []int32, size int) {
	class := sizeClass(size)
	s.places[class] += float64(size)
	s.basket++
	s.fresh = s.fresh[:0]
	for _, item := range items {
		if p := s.place[item]; p >= 0 && s.mark[p] != s.basket {
			s.mark[p] = s.basket
			s.counts[p][class]++
			s.fresh = append(s.fresh, p)
		}
	}
	for _, p := range s.fresh {
		for _, i := range s.by[p] {
			if s.holds(s.rules[i].Antecedent) {
				s.rest[i][class] += float64(size - len(s.rules[i].Antecedent))
			}
		}
	}
}

func (s *sizing) holds(items []int32) bool {
	for _, item := range items {
		if s.mark[s.place[item]] != s.basket {
			return false
		}
	}
	return true
}

// expected is the number of baskets with the whole rule by sizes alone.
func (s *sizing) expected(i int, r Rule) float64 {
	sum := 0.0
	for class, rest := range s.rest[i] {
		free := s.places[class]
		for _, item := range r.Antecedent {
			free -= s.counts[s.place[item]][class]
		}
		if rest > 0 && free > 0 {
			sum += s.counts[s.place[r.Consequent]][class] * rest / free
		}
	}
	return sum
}
