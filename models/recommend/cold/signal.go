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
//   - held: the customer's share n/(m+3) of the m known titles with it: who has
//     them all is not he who has one of a hundred;
//   - popular: log of the mean number of customers of its titles, shrunk by one
//     title of the mean, against the mean;
//   - size: log(1 + known titles with the attribute);
//   - unseen: 1 when no attribute of the kind stands on a known title.
//
// Of all kinds together are the product of the customer's factors and those that
// the title's attributes foretell (mapped), and what the regression of his
// purchases on the attributes foretells (joint), of the titles similar to his too
// (joint near).

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
	layout     layout
	size       float64 // mean of log(1+titles) of the customers with a purchase
}

func newWorld(a *Attributes, b *baskets, o Options) *world {
	w := &world{a: a, b: b, known: make([]bool, a.Titles), boughtEase: o.Ease, nearEase: o.Ease, layout: layout(len(a.Kinds)), size: b.size()}
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
	w.regress()
	w.mapping = w.mapped(b.factorise(o.Factors, o.Seed))
	return w
}

// size is the mean of log(1+titles) of the customers with a purchase.
func (b *baskets) size() float64 {
	sum, n := 0., 0.
	for _, list := range b.of {
		if len(list) > 0 {
			sum += math.Log1p(float64(len(list)))
			n++
		}
	}
	return sum / max(n, 1)
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
	size     float64   // log of his titles less the mean of all
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
	b.size = math.Log1p(float64(len(b.w.b.of[customer]))) - b.w.size
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

// signals writes the columns of the loaded customer and a title.
func (b *bench) signals(title int, out []float64) {
	l, f := b.w.layout, &b.w.flat
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
		copy(out[l.of(k, 0):], s[:])
	}
	out[l.whole(mapped)] = product(b.w.mapping.customers[b.customer], b.w.mapping.titles[title])
	out[l.whole(joint)], out[l.whole(jointNear)] = 0, 0
	for at := f.start[title]; at < f.start[title+1]; at++ {
		out[l.whole(joint)] += f.joint[at] * float64(b.count[f.id[at]])
		out[l.whole(jointNear)] += f.joint[at] * float64(b.around[f.id[at]])
	}
	l.multiply(out, b.size, f.patterns[f.pattern[title]].gap)
}
