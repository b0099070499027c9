// Package cold recommends titles that nobody has bought yet, and finds
// customers for them, from attributes alone.
//
// A score is a sum over the title's attributes of what the customer's purchases
// say of each: naive-Bayes log-odds of what he bought, the same of what stands
// near it, how well known titles with the attribute sell, and a regression of his
// purchases on all of the title's attributes. The weights of these signals, for
// each kind of attribute, are fitted as a conditional
// logit on inner cold splits: a random tenth of the known titles is hidden at a
// time, and the weights are those that find who bought them. So no weight is chosen
// by hand, and a column that says nothing gets none.
package cold

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Options of a fit. The zero value means the defaults.
type Options struct {
	Seed       uint64
	Hidden     float64 // share of known titles hidden to fit the weights (default .1)
	Splits     int     // times that others are hidden (default 4)
	Neighbours int     // similar titles kept of each (default 50)
	Shrink     float64 // customers added to the norm of the similarity (default 5)
	Factors    int     // singular vectors of the purchases (default 64)
	Ease       float64 // α of the naive-Bayes signals, in titles (default 0: chosen of 3, 10, 30 on the inner split)
	Groups     int     // customers, and titles, that the weights are fitted on, at most (default 2500)
	Against    int     // rows not taken in each group (default 300)
	Many       int     // customers fitted on from which joint signals and products of signals take part, and weights are fitted twice (default 1000)
	Prior      float64 // precision of the weights' normal prior (default 1)
	Like       *Model  // an earlier fit on the same attributes whose weights are taken; nil fits them anew
}

func (o Options) filled() Options {
	if o.Hidden >= 1 {
		o.Hidden = 0
	}
	o.Hidden, o.Shrink, o.Prior = positive(o.Hidden, .1), positive(o.Shrink, 5), positive(o.Prior, 1)
	o.Splits, o.Neighbours, o.Factors = positive(o.Splits, 4), positive(o.Neighbours, 50), positive(o.Factors, 64)
	o.Groups, o.Against, o.Many = positive(o.Groups, 2500), positive(o.Against, 300), positive(o.Many, 1000)
	return o
}

// positive is an option, or its default where it is not above zero.
func positive[T int | float64](option, unset T) T {
	if option > 0 {
		return option
	}
	return unset
}

// Weight is the fitted weight of one signal of one kind of attribute.
type Weight struct {
	Kind     string  `json:"kind"`
	Signal   string  `json:"signal"`
	Title    float64 `json:"titles"`    // when titles are chosen for a customer
	Customer float64 `json:"customers"` // when customers are chosen for a title
}

// Model is a fitted model.
type Model struct {
	Weights   []Weight
	Activity  float64 // weight of log(1+titles of the customer) among customers of a title
	Ease      float64 // α used
	Known     int     // titles with a purchase
	New       int     // titles without
	Customers int     // customers with a purchase
	Hidden    int     // known titles hidden to fit the weights
	Groups    int     // customers the weights of titles were fitted on
	Converged bool
	Listwise  bool   // the weights were fitted again among what the first ones list, with joint signals and products
	Reason    string // why the weights are the standard ones; "" when they were fitted

	w         *world
	titles    []float64 // weights by kind and signal
	customers []float64 // the same, and the activity last
	plans     [2]*plan  // of titles for a customer, and of customers for a title
}

// ErrEmpty is returned when there is no purchase to learn from.
var ErrEmpty = errors.New("cold: no customer kept a title: there is nothing to learn from")

// fewestGroups are the customers with hidden titles below which weights are
// not fitted.
const fewestGroups = 20

// Fit learns from the purchases of customers 0 to customers-1. The titles of a
// without a purchase are new; they can be scored like the others.
func Fit(s Sales, customers int, a *Attributes, o Options) (*Model, error) {
	o = o.filled()
	b, err := gather(s, customers, a.Titles)
	if err != nil {
		return nil, err
	}
	m := &Model{Ease: o.Ease}
	for _, list := range b.of {
		if len(list) > 0 {
			m.Customers++
		}
	}
	for _, list := range b.by {
		if len(list) > 0 {
			m.Known++
		}
	}
	m.New = a.Titles - m.Known
	if m.Known == 0 {
		return nil, ErrEmpty
	}
	if o.Like != nil && len(o.Like.titles) == layout(len(a.Kinds)).columns() {
		m.take(o.Like)
	} else {
		m.learn(a, b, o)
	}
	o.Ease = m.Ease
	m.w = newWorld(a, b, o)
	m.Weights = m.w.layout.weights(a.Kinds, m.titles, m.customers)
	m.Activity = m.customers[len(m.titles)]
	m.plans = [2]*plan{m.w.plan(m.titles), m.w.plan(m.customers[:len(m.titles)])}
	return m, nil
}

// take takes over the weights of an earlier fit.
func (m *Model) take(like *Model) {
	m.titles, m.customers, m.Ease = like.titles, like.customers, like.Ease
	m.Hidden, m.Groups, m.Converged, m.Listwise, m.Reason = like.Hidden, like.Groups, like.Converged, like.Listwise, like.Reason
}

// learn fits the weights on inner cold splits, or takes the standard ones and
// says why. Each split hides other titles, and all splits fit one set of
// weights: how well attributes sell shows over titles, and a split has few.
func (m *Model) learn(a *Attributes, b *baskets, o Options) {
	splits := m.split(a, b, o)
	titles, customers := &sample{}, &sample{power: .5}
	for _, s := range splits {
		titles.join(s.titles)
		customers.join(s.customers)
	}
	m.Groups = len(titles.taken)
	switch {
	case m.Groups < fewestGroups || len(customers.taken) == 0:
		m.standard(len(a.Kinds), fmt.Sprintf("%d customers bought a hidden title, %d are needed to fit weights: the standard weights are used", m.Groups, fewestGroups))
	case m.Groups < o.Many:
		titles.plain, customers.plain = true, true
		m.choose(titles, customers, o.Prior)
	default:
		m.choose(titles, customers, o.Prior)
		if titles, customers = listed(splits, b, m.titles, m.customers); min(len(titles.taken), len(customers.taken)) >= fewestGroups {
			m.Listwise = true
			m.choose(titles, customers, o.Prior)
		}
	}
}

// choose fits both vectors of weights, from those there are.
func (m *Model) choose(titles, customers *sample, prior float64) {
	var first, second bool
	m.titles, first = titles.fit(prior, m.titles)
	m.customers, second = customers.fit(prior, m.customers)
	m.Converged = first && second
}

// split hides titles and samples who took them, o.Splits times.
func (m *Model) split(a *Attributes, b *baskets, o Options) []*split {
	rng := rand.New(rand.NewPCG(o.Seed, 1))
	place := make([]float64, a.Titles)
	for t := range place {
		place[t] = rng.Float64()
	}
	n := min(o.Splits, int(1/o.Hidden))
	o.Groups = (o.Groups + n - 1) / n
	var splits []*split
	for k := range n {
		hidden := make([]bool, a.Titles)
		for t, list := range b.by {
			hidden[t] = len(list) > 0 && place[t] >= float64(k)*o.Hidden && place[t] < float64(k+1)*o.Hidden
			if hidden[t] {
				m.Hidden++
			}
		}
		inner := b.without(hidden)
		s := &split{titles: choices(b.of, inner.of, hidden, o, rng)}
		if len(s.titles.taken) == 0 {
			continue
		}
		s.w = newWorld(a, inner, o)
		if o.Ease <= 0 {
			o.Ease = s.w.ease(s.titles)
		}
		s.w.boughtEase, s.w.nearEase = o.Ease, o.Ease
		s.titles.fill(s.w, false)
		s.customers = reversed(b.by, inner.of, hidden, o, rng)
		s.customers.fill(s.w, true)
		for t, h := range hidden {
			if h {
				s.hidden = append(s.hidden, int32(t))
			}
		}
		splits = append(splits, s)
	}
	m.Ease = o.Ease
	return splits
}

// standard sets equal weights of what was bought, what is near and what is
// popular.
func (m *Model) standard(kinds int, reason string) {
	m.Reason, m.Converged = reason, false
	if m.Ease <= 0 {
		m.Ease = eases[1]
	}
	l := layout(kinds)
	m.titles = make([]float64, l.columns())
	m.customers = make([]float64, l.columns()+1)
	for k := range kinds {
		for _, j := range []int{bought, near, popular} {
			m.titles[l.of(k, j)] = .3
			if j != popular {
				m.customers[l.of(k, j)] = .3
			}
		}
	}
	m.customers[l.columns()] = 1
}

// eases are the values of α tried.
var eases = []float64{3, 10, 30}

// ease is the α with the highest likelihood of a split, of a part of the
// groups.
func (w *world) ease(s *sample) float64 {
	part := &sample{start: s.start[:min(len(s.start), 301)], taken: s.taken[:min(len(s.taken), 300)]}
	rows := part.start[len(part.start)-1]
	part.customer, part.title = s.customer[:rows], s.title[:rows]
	best, value := eases[1], 0.
	for i, e := range eases {
		w.boughtEase, w.nearEase = e, e
		part.fill(w, false)
		if _, l, _ := part.choose(1, nil); i == 0 || l > value {
			best, value = e, l
		}
	}
	return best
}

// choices samples customers with hidden titles: what they took of them, against
// random others of the hidden ones.
func choices(all, inner [][]int32, hidden []bool, o Options, rng *rand.Rand) *sample {
	var pool []int32
	for t, h := range hidden {
		if h {
			pool = append(pool, int32(t))
		}
	}
	s := &sample{}
	for _, c := range rng.Perm(len(all)) {
		if len(s.taken) == o.Groups {
			break
		}
		if len(all[c]) == len(inner[c]) || len(inner[c]) == 0 {
			continue
		}
		took := map[int32]bool{}
		var taken, left [][2]int32
		for _, t := range all[c] {
			if hidden[t] {
				took[t] = true
				taken = append(taken, [2]int32{int32(c), t})
			}
		}
		for range o.Against {
			if t := pool[rng.IntN(len(pool))]; !took[t] {
				left = append(left, [2]int32{int32(c), t})
			}
		}
		if len(left) > 0 {
			s.group(taken, left)
		}
	}
	return s
}

// crowd: a title is set against so many times more customers than a customer is
// against titles, and as many times fewer titles are taken. Few of all
// customers buy a title, and the top of a long list is what is used.
const crowd = 5

// reversed samples hidden titles: the customers who took them, against random
// other customers.
func reversed(by, inner [][]int32, hidden []bool, o Options, rng *rand.Rand) *sample {
	var pool []int32
	for c, list := range inner {
		if len(list) > 0 {
			pool = append(pool, int32(c))
		}
	}
	s := &sample{}
	for _, t := range rng.Perm(len(by)) {
		if len(s.taken)*crowd >= o.Groups || len(pool) == 0 {
			break
		}
		if !hidden[t] {
			continue
		}
		took := map[int32]bool{}
		var taken, left [][2]int32
		for _, c := range by[t] {
			if took[c] = true; len(inner[c]) > 0 && len(taken) < o.Against*crowd {
				taken = append(taken, [2]int32{c, int32(t)})
			}
		}
		for range o.Against * crowd {
			if c := pool[rng.IntN(len(pool))]; !took[c] {
				left = append(left, [2]int32{c, int32(t)})
			}
		}
		if len(taken) > 0 && len(left) > 0 {
			s.group(taken, left)
		}
	}
	return s
}
