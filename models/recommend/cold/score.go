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
	m     *Model
	b     *bench
	pairs *pairs
}

// Scorer makes a place to score at.
func (m *Model) Scorer() *Scorer {
	b := m.w.bench()
	return &Scorer{m: m, b: b, pairs: b.pairs(m.plans[0])}
}

// load takes up a customer.
func (s *Scorer) load(customer int) error {
	if customer < 0 || customer >= len(s.m.w.b.of) {
		return fmt.Errorf("cold: customer %d: there are customers 0 to %d", customer, len(s.m.w.b.of)-1)
	}
	if s.b.customer != customer {
		s.b.load(customer)
		s.pairs.load()
	}
	return nil
}

func (m *Model) check(titles []int32) error {
	for _, t := range titles {
		if t < 0 || int(t) >= m.w.a.Titles {
			return fmt.Errorf("cold: title %d: there are titles 0 to %d", t, m.w.a.Titles-1)
		}
	}
	return nil
}

// Titles ranks candidates for a customer and returns the best n. A customer
// without purchases gets what sells. Titles he bought are not left out: give
// the candidates that he may see. An index out of range is an error.
func (s *Scorer) Titles(customer int, candidates []int32, n int) ([]Ranked, error) {
	if err := s.load(customer); err != nil {
		return nil, err
	}
	if err := s.m.check(candidates); err != nil {
		return nil, err
	}
	list := make([]Ranked, 0, len(candidates))
	for _, t := range candidates {
		list = append(list, Ranked{t, s.pairs.of(t)})
	}
	return best(list, n), nil
}

func best(list []Ranked, n int) []Ranked {
	return first(list, n, byScore)
}

func byScore(a, b Ranked) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return int(a.Index) - int(b.Index)
}

func dot(w, x []float64) float64 {
	sum := 0.
	for j, v := range w {
		sum += v * x[j]
	}
	return sum
}

// CustomersOf ranks the customers with a purchase for each of the titles and
// returns the best n of each. Scores are comparable within a title.
func (m *Model) CustomersOf(titles []int32, n int) ([][]Ranked, error) {
	customers := make([]int32, len(m.w.b.of))
	for c := range customers {
		customers[c] = int32(c)
	}
	_, wanted, err := m.Match(customers, titles, 0, n)
	return wanted, err
}

// Match ranks the titles for each of some customers and these customers for each
// of the titles, in one pass: the best n titles of each customer (none for one
// without purchases), and the best of customers of each title. 0 leaves the one
// or the other out. Scores are comparable within a list alone.
func (m *Model) Match(customers, titles []int32, n, of int) (lists, wanted [][]Ranked, err error) {
	if err := m.check(titles); err != nil {
		return nil, nil, err
	}
	for _, c := range customers {
		if c < 0 || int(c) >= len(m.w.b.of) {
			return nil, nil, fmt.Errorf("cold: customer %d: there are customers 0 to %d", c, len(m.w.b.of)-1)
		}
	}
	workers := make([]*matching, len(customers))
	lists = make([][]Ranked, len(customers))
	spread(len(lists), func(first, step int) {
		w := m.matching(titles, n, of)
		for i := first; i < len(lists); i += step {
			workers[first] = w
			if c := int(customers[i]); len(m.w.b.of[c]) > 0 {
				lists[i] = w.customer(c)
			}
		}
	})
	wanted = make([][]Ranked, len(titles))
	spread(len(titles), func(first, step int) {
		for i := first; i < len(titles); i += step {
			var list []Ranked
			for _, w := range workers {
				if w != nil {
					list = append(list, w.wanted[i].list...)
				}
			}
			wanted[i] = best(list, of)
		}
	})
	return lists, wanted, nil
}

// matching is what one worker has of a match.
type matching struct {
	m      *Model
	titles []int32
	n      int
	b      *bench
	forHim *pairs
	forIt  *pairs
	list   []Ranked
	wanted []leading
}

func (m *Model) matching(titles []int32, n, of int) *matching {
	b := m.w.bench()
	w := &matching{m: m, titles: titles, n: n, b: b, forHim: b.pairs(m.plans[0]), forIt: b.pairs(m.plans[1]), wanted: make([]leading, len(titles))}
	for i := range w.wanted {
		w.wanted[i].n = of
	}
	return w
}

// customer is the list of one customer; titles take him among theirs.
func (w *matching) customer(c int) []Ranked {
	w.b.load(c)
	var out []Ranked
	if w.n > 0 {
		w.forHim.load()
		w.list = w.list[:0]
		for _, t := range w.titles {
			w.list = append(w.list, Ranked{t, w.forHim.of(t)})
		}
		out = best(w.list, w.n)
	}
	if len(w.wanted) > 0 && w.wanted[0].n > 0 {
		w.forIt.load()
		own := w.m.Activity * math.Log1p(float64(len(w.m.w.b.of[c])))
		for i, t := range w.titles {
			w.wanted[i].offer(Ranked{int32(c), own + w.forIt.of(t)})
		}
	}
	return out
}

// leading keeps the n first of what it is offered, and up to as many more.
type leading struct {
	n    int
	full bool
	list []Ranked
}

func (l *leading) offer(r Ranked) {
	if l.full && byScore(r, l.list[l.n-1]) >= 0 {
		return
	}
	if l.list = append(l.list, r); len(l.list) >= 2*l.n {
		slices.SortFunc(l.list, byScore)
		l.list, l.full = l.list[:l.n], true
	}
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
	if err := s.load(customer); err != nil {
		return nil, err
	}
	if err := s.m.check([]int32{int32(title)}); err != nil {
		return nil, err
	}
	w, f := s.m.w, &s.m.w.flat
	gap, coefficient := f.patterns[f.pattern[title]].gap, f.joint[f.start[title]:]
	var list []Reason
	for k := range w.a.Kinds {
		kind, from := &w.a.Kinds[k], len(list)
		weights := slices.Clone(s.m.titles[w.layout.of(k, 0):w.layout.of(k+1, 0)])
		copy(weights, s.pairs.w.kind[k].signal[:])
		for j, v := range s.pairs.w.kind[k].gap {
			weights[j] += gap * v
		}
		for _, a := range kind.Of(title) {
			x := [signals]float64{}
			if s.b.of(k, a, &x) {
				list = append(list, Reason{kind.Name, kind.Labels[a], dot(weights, x[:]), int(s.b.count[f.offset[k]+a]), math.Exp(w.lore[k].popular[a])})
			}
		}
		for i := range list[from:] {
			list[from+i].Part /= float64(len(list) - from)
		}
		at := from
		for _, a := range kind.Of(title) {
			if w.lore[k].titles[a] > 0 {
				list[at].Part += s.pairs.w.whole[mapped]*w.mapping.of(customer, k, a, len(kind.Of(title))) + s.pairs.more[f.offset[k]+a].joint*coefficient[0]
				coefficient = coefficient[1:]
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
