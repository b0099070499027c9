package cold

import "math"

// The signals of a pair of customer and title, by kind of attribute. Each but
// unseen is the mean over the title's attributes of the kind that stand on a
// known title:
//
//   - bought: naive-Bayes log-odds log((n+αp)/((N+α)p)) of the customer's n
//     titles with the attribute among N, against its share p of all purchases;
//   - near: the same of the titles similar to his: each title he bought spreads
//     a mass of one over its neighbours, so that an author he never bought
//     scores when his readers are those of authors he did;
//   - popular: log of the mean number of customers of its titles, shrunk by one
//     title of the mean, against the mean;
//   - size: log(1 + known titles with the attribute);
//   - held: the customer's share n/(m+3) of the m known titles with it: who has
//     them all is not he who has one of a hundred;
//   - unseen: 1 when no attribute of the kind stands on a known title.
//
// One more is of all kinds together: the product of the customer's factors and
// those that the title's attributes foretell (mapped).
const (
	bought = iota
	near
	popular
	size
	held
	unseen
	signals
)

var signalNames = [signals]string{"bought", "near", "popular", "size", "held", "unseen"}

// heldPrior are the titles added below the share held.
const heldPrior = 3

// lore is what is known of the attributes of one kind.
type lore struct {
	share   []float64 // of all purchases
	drift   []float64 // of the mass that purchases spread over their neighbours
	titles  []float64 // known titles
	popular []float64
	size    []float64 // log(1 + titles)
}

// world is everything that signals are made of: the purchases of known titles.
type world struct {
	a          *Attributes
	b          *baskets
	known      []bool // titles with a purchase
	near       [][]neighbour
	lore       []lore
	flat       flat
	boughtEase float64 // α of the signal bought, in titles
	nearEase   float64 // α of the signal near
	mapping    *mapping
}

// columns is the number of signals of a pair.
func (w *world) columns() int { return len(w.a.Kinds)*signals + 1 }

func newWorld(a *Attributes, b *baskets, o Options) *world {
	w := &world{a: a, b: b, known: make([]bool, a.Titles), boughtEase: o.Ease, nearEase: o.Ease}
	w.near = b.neighbours(o.Neighbours, o.Shrink, max(1000, a.Titles/20))
	mass := make([]float64, a.Titles)
	customers, titles := 0., 0.
	for t, list := range b.by {
		w.known[t] = len(list) > 0
		if w.known[t] {
			customers += float64(len(list))
			titles++
		}
		for _, n := range w.near[t] {
			mass[n.title] += float64(len(list)) * float64(n.share)
		}
	}
	mean := customers / max(titles, 1)
	for k := range a.Kinds {
		w.lore = append(w.lore, w.learn(&a.Kinds[k], mass, mean))
	}
	w.flatten()
	w.mapping = w.mapped(b.factorise(o.Factors, o.Seed))
	return w
}

func (w *world) learn(k *Kind, mass []float64, mean float64) lore {
	n := len(k.Labels)
	l := lore{share: make([]float64, n), drift: make([]float64, n), titles: make([]float64, n), popular: make([]float64, n), size: make([]float64, n)}
	all, spread := 0., 0.
	for t, known := range w.known {
		if !known {
			continue
		}
		for _, a := range k.Of(t) {
			c := float64(len(w.b.by[t]))
			l.titles[a]++
			l.share[a] += c
			l.drift[a] += mass[t]
			all += c
			spread += mass[t]
		}
	}
	for a := range n {
		if l.titles[a] == 0 {
			continue
		}
		l.popular[a] = math.Log((l.share[a] + mean) / (l.titles[a] + 1) / mean)
		l.size[a] = math.Log1p(l.titles[a])
		l.share[a] /= all
		if spread > 0 {
			l.drift[a] /= spread
		}
	}
	return l
}

// bench is one worker's place for one customer at a time.
type bench struct {
	w        *world
	customer int
	mass     []float32 // of titles near the customer's
	reached  []int32   // titles with mass
	count    []float32 // attribute → titles bought
	around   []float32 // attribute → mass near
	touched  []int32   // attributes with a count or mass, each once
	counts   []float64 // kind → N
	arounds  []float64
	never    []float64 // kind → bought of what was not bought
	far      []float64 // kind → near of what is not near
}

func (w *world) bench() *bench {
	n, all := len(w.a.Kinds), len(w.flat.kind)
	return &bench{w: w, customer: -1, mass: make([]float32, w.a.Titles), count: make([]float32, all), around: make([]float32, all),
		counts: make([]float64, n), arounds: make([]float64, n), never: make([]float64, n), far: make([]float64, n)}
}

// load takes up a customer.
func (b *bench) load(customer int) {
	if b.customer == customer {
		return
	}
	for _, id := range b.touched {
		b.count[id], b.around[id] = 0, 0
	}
	clear(b.counts)
	clear(b.arounds)
	b.customer, b.reached, b.touched = customer, b.reached[:0], b.touched[:0]
	f := &b.w.flat
	for _, t := range b.w.b.of[customer] {
		for _, n := range b.w.near[t] {
			if b.mass[n.title] == 0 {
				b.reached = append(b.reached, n.title)
			}
			b.mass[n.title] += n.share
		}
		for _, id := range f.id[f.start[t]:f.start[t+1]] {
			if b.count[id] == 0 {
				b.touched = append(b.touched, id)
			}
			b.count[id]++
			b.counts[f.kind[id]]++
		}
	}
	for _, t := range b.reached {
		m := b.mass[t]
		b.mass[t] = 0
		for _, id := range f.id[f.start[t]:f.start[t+1]] {
			before := b.around[id]
			if before == 0 && b.count[id] == 0 {
				b.touched = append(b.touched, id)
			}
			b.around[id] = before + m
			b.arounds[f.kind[id]] += float64(m)
		}
	}
	for k := range b.never {
		b.never[k] = odds(0, b.counts[k], 1, b.w.boughtEase)
		b.far[k] = odds(0, b.arounds[k], 1, b.w.nearEase)
	}
}

// of adds the signals of one attribute to s; false when no known title has it.
func (b *bench) of(k int, a int32, s *[signals]float64) bool {
	l, id := &b.w.lore[k], b.w.flat.offset[k]+a
	if l.titles[a] == 0 {
		return false
	}
	n := float64(b.count[id])
	if n == 0 {
		s[bought] += b.never[k]
	} else {
		s[bought] += odds(n, b.counts[k], l.share[a], b.w.boughtEase)
	}
	switch m := float64(b.around[id]); {
	case l.drift[a] == 0: // no title is near one with the attribute
	case m == 0:
		s[near] += b.far[k]
	default:
		s[near] += odds(m, b.arounds[k], l.drift[a], b.w.nearEase)
	}
	s[popular] += l.popular[a]
	s[size] += l.size[a]
	s[held] += n / (l.titles[a] + heldPrior)
	return true
}

func odds(n, all, share, ease float64) float64 {
	return math.Log((n + ease*share) / ((all + ease) * share))
}

// signals writes the signals of the loaded customer and a title, kind by kind.
func (b *bench) signals(title int, out []float64) {
	for k := range b.w.a.Kinds {
		s, n := [signals]float64{}, 0.
		for _, a := range b.w.a.Kinds[k].Of(title) {
			if b.of(k, a, &s) {
				n++
			}
		}
		for j := range s {
			s[j] /= max(n, 1)
		}
		if n == 0 {
			s[unseen] = 1
		}
		copy(out[k*signals:], s[:])
	}
	out[len(b.w.a.Kinds)*signals] = product(b.w.mapping.customers[b.customer], b.w.mapping.titles[title])
}
