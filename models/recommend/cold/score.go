package cold

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Ranked is one entry of a list, the best first; equal scores by index.
type Ranked struct {
	Index int32 // of the title, or of the customer
	Score float64
}

// Scorer scores one pair after another; one for each goroutine.
type Scorer struct {
	m *Model
	b *bench
	x []float64
}

// Scorer makes a place to score at.
func (m *Model) Scorer() *Scorer {
	return &Scorer{m: m, b: m.w.bench(), x: make([]float64, len(m.titles)+1)}
}

// Titles ranks candidates for a customer and returns the best n. A customer
// without purchases gets what sells. Titles he bought are not left out: give
// the candidates that he may see. An index out of range is an error.
func (s *Scorer) Titles(customer int, candidates []int32, n int) ([]Ranked, error) {
	if customer < 0 || customer >= len(s.m.w.b.of) {
		return nil, fmt.Errorf("cold: customer %d: there are customers 0 to %d", customer, len(s.m.w.b.of)-1)
	}
	s.b.load(customer)
	list := make([]Ranked, 0, len(candidates))
	for _, t := range candidates {
		if t < 0 || int(t) >= s.m.w.a.Titles {
			return nil, fmt.Errorf("cold: title %d: there are titles 0 to %d", t, s.m.w.a.Titles-1)
		}
		s.b.signals(int(t), s.x)
		list = append(list, Ranked{t, dot(s.m.titles, s.x)})
	}
	return best(list, n), nil
}

func dot(w, x []float64) float64 {
	sum := 0.
	for j, v := range w {
		sum += v * x[j]
	}
	return sum
}

func best(list []Ranked, n int) []Ranked {
	return first(list, n, func(a, b Ranked) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return int(a.Index) - int(b.Index)
	})
}

// CustomersOf ranks the customers with a purchase for each of the titles and
// returns the best n of each. Scores are comparable within a title.
func (m *Model) CustomersOf(titles []int32, n int) ([][]Ranked, error) {
	for _, t := range titles {
		if t < 0 || int(t) >= m.w.a.Titles {
			return nil, fmt.Errorf("cold: title %d: there are titles 0 to %d", t, m.w.a.Titles-1)
		}
	}
	lists := make([][]Ranked, len(titles))
	// Titles go in blocks, so that the scores of a block fit in memory.
	const block = 4096
	for from := 0; from < len(titles); from += block {
		part := titles[from:min(from+block, len(titles))]
		scores := make([][]float32, len(m.w.b.of))
		spread(len(scores), func(first, step int) {
			s := m.Scorer()
			for c := first; c < len(scores); c += step {
				if len(m.w.b.of[c]) == 0 {
					continue
				}
				s.b.load(c)
				own := m.Activity * math.Log1p(float64(len(m.w.b.of[c])))
				scores[c] = make([]float32, len(part))
				for i, t := range part {
					s.b.signals(int(t), s.x)
					scores[c][i] = float32(own + dot(m.customers[:len(m.titles)], s.x))
				}
			}
		})
		spread(len(part), func(first, step int) {
			for i := first; i < len(part); i += step {
				var list []Ranked
				for c := range scores {
					if scores[c] != nil {
						list = append(list, Ranked{int32(c), float64(scores[c][i])})
					}
				}
				lists[from+i] = best(list, n)
			}
		})
	}
	return lists, nil
}

// Reason is what one attribute adds to a score.
type Reason struct {
	Kind  string  `json:"kind"`
	Label string  `json:"label"` // "" where no attribute of the kind stands on a known title
	Part  float64 `json:"part"`  // added to the score
	// Bought are the customer's titles with the attribute; Popular is the mean
	// number of customers of its titles against that of all titles.
	Bought  int     `json:"bought"`
	Popular float64 `json:"popular"`
}

// Why splits the score of Titles of one pair by attribute, the largest part
// first. The parts add up to the score.
func (s *Scorer) Why(customer, title int) ([]Reason, error) {
	if _, err := s.Titles(customer, []int32{int32(title)}, 1); err != nil {
		return nil, err
	}
	mapped := s.m.titles[len(s.m.titles)-1]
	var list []Reason
	for k := range s.m.w.a.Kinds {
		weights := s.m.titles[k*signals : (k+1)*signals]
		kind, from := &s.m.w.a.Kinds[k], len(list)
		for _, a := range kind.Of(title) {
			x := [signals]float64{}
			if s.b.of(k, a, &x) {
				list = append(list, Reason{kind.Name, kind.Labels[a], dot(weights, x[:]), int(s.b.count[k][a]), math.Exp(s.m.w.lore[k].popular[a])})
			}
		}
		for i := range list[from:] {
			list[from+i].Part /= float64(len(list) - from)
		}
		at := from
		for _, a := range kind.Of(title) {
			if s.b.w.lore[k].titles[a] > 0 {
				list[at].Part += mapped * s.b.w.mapping.of(customer, k, a, len(kind.Of(title)))
				at++
			}
		}
		if len(list) == from {
			list = append(list, Reason{Kind: kind.Name, Part: weights[unseen], Popular: 1})
		}
	}
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Part, a.Part) })
	return list, nil
}
