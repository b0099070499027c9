package cold

import "verso/models/recommend/dense"

// flat are the attributes of all kinds numbered in one row, and those of each
// title that stand on a known title one after another: what is gone through for
// every pair of customer and title.
type flat struct {
	offset  []int32   // of each kind's labels in the row
	kind    []int32   // of each attribute
	start   []int32   // of each title in id, and the end
	id      []int32   // attributes, kind by kind
	part    []float64 // 1/attributes of the kind that the title has
	joint   []float64 // coefficient in the joint signals
	pattern []int32   // of each title, into patterns
	// patterns are the shares of each kind's attributes on a known title (1, or 0
	// where there is none), and of those that some title is near; few differ.
	patterns []pattern
}

type pattern struct {
	known, near []float64
	gap         float64 // share of the kinds without an attribute on a known title
}

func (w *world) flatten() {
	f := &w.flat
	for k := range w.a.Kinds {
		f.offset = append(f.offset, int32(len(f.kind)))
		for range w.a.Kinds[k].Labels {
			f.kind = append(f.kind, int32(k))
		}
	}
	f.start, f.pattern = make([]int32, w.a.Titles+1), make([]int32, w.a.Titles)
	seen := map[string]int32{}
	key := make([]byte, 2*len(w.a.Kinds))
	for t := range w.a.Titles {
		for k := range w.a.Kinds {
			l, from, drifts := &w.lore[k], len(f.id), 0
			for _, a := range w.a.Kinds[k].Of(t) {
				if l.titles[a] == 0 {
					continue
				}
				f.id = append(f.id, f.offset[k]+a)
				if l.drift[a] > 0 {
					drifts++
				}
			}
			n := len(f.id) - from
			for range n {
				f.part = append(f.part, 1/float64(n))
			}
			// Counts beyond a byte have the share of 255: no title has so many.
			key[2*k], key[2*k+1] = byte(min(n, 255)), byte(min(drifts, 255))
		}
		f.start[t+1] = int32(len(f.id))
		no, known := seen[string(key)]
		if !known {
			no = int32(len(f.patterns))
			seen[string(key)] = no
			f.patterns = append(f.patterns, patternOf(key))
		}
		f.pattern[t] = no
	}
}

func patternOf(key []byte) pattern {
	kinds := len(key) / 2
	p := pattern{known: make([]float64, kinds), near: make([]float64, kinds)}
	for k := range p.known {
		if n := key[2*k]; n > 0 {
			p.known[k], p.near[k] = 1, float64(key[2*k+1])/float64(n)
		} else {
			p.gap += 1 / float64(kinds)
		}
	}
	return p
}

// plan is a vector of weights made ready to score pairs: what does not depend on
// the customer is added up for each title.
type plan struct {
	weights []float64 // of the columns
	fixed   []float64 // of each title
}

func (w *world) plan(weights []float64) *plan {
	p := &plan{weights: weights, fixed: make([]float64, w.a.Titles)}
	f := &w.flat
	own := make([]float64, len(f.kind))
	for k := range w.a.Kinds {
		l, v := &w.lore[k], weights[w.layout.of(k, 0):]
		for a := range l.titles {
			own[int(f.offset[k])+a] = v[popular]*l.popular[a] + v[size]*l.size[a]
		}
	}
	for t := range p.fixed {
		for at := f.start[t]; at < f.start[t+1]; at++ {
			p.fixed[t] += own[f.id[at]] * f.part[at]
		}
		for k, known := range f.patterns[f.pattern[t]].known {
			if known == 0 {
				p.fixed[t] += weights[w.layout.of(k, unseen)]
			}
		}
	}
	return p
}

// pairs scores pairs of the loaded customer by a plan.
type pairs struct {
	p       *plan
	b       *bench
	w       weighing
	more    []evidence // of each attribute
	touched []int32    // attributes with more
	common  []float64  // pattern → the score of one who has nothing of any attribute
}

// evidence is what a customer's purchases add of an attribute to the score of one
// who has nothing of it.
type evidence struct {
	more  float64 // to its mean over the kind
	gap   float64 // the same, times the gap of the title
	joint float64 // times its coefficient
}

func (b *bench) pairs(p *plan) *pairs {
	return &pairs{p: p, b: b, more: make([]evidence, len(b.w.flat.kind)), common: make([]float64, len(b.w.flat.patterns))}
}

// load takes up the customer of the bench.
func (s *pairs) load() {
	for _, id := range s.touched {
		s.more[id] = evidence{}
	}
	b, f := s.b, &s.b.w.flat
	b.w.layout.weigh(s.p.weights, b.size, &s.w)
	s.touched = append(s.touched[:0], b.touched...)
	for _, id := range b.touched {
		k := f.kind[id]
		l, a, v := &b.w.lore[k], id-f.offset[k], &s.w.kind[k]
		n, m := float64(b.count[id]), float64(b.around[id])
		e := evidence{more: v.signal[held] * n / (l.titles[a] + heldPrior), joint: s.w.whole[joint]*n + s.w.whole[jointNear]*m}
		if n > 0 {
			x := odds(n, b.counts[k], l.share[a], b.w.boughtEase) - b.never[k]
			e.more += v.signal[bought] * x
			e.gap += v.gap[bought] * x
		}
		if m > 0 && l.drift[a] > 0 {
			x := odds(m, b.arounds[k], l.drift[a], b.w.nearEase) - b.far[k]
			e.more += v.signal[near] * x
			e.gap += v.gap[near] * x
		}
		s.more[id] = e
	}
	for no, p := range f.patterns {
		sum := 0.
		for k := range p.known {
			v := &s.w.kind[k]
			sum += (v.signal[bought]+p.gap*v.gap[bought])*p.known[k]*b.never[k] + (v.signal[near]+p.gap*v.gap[near])*p.near[k]*b.far[k]
		}
		s.common[no] = sum
	}
}

// of is the score of a title.
func (s *pairs) of(t int32) float64 {
	f, m := &s.b.w.flat, s.b.w.mapping
	from, to := f.start[t], f.start[t+1]
	part, coefficient := f.part[from:to], f.joint[from:to]
	sum, gap := s.p.fixed[t]+s.common[f.pattern[t]], f.patterns[f.pattern[t]].gap
	for at, id := range f.id[from:to] {
		e := &s.more[id]
		sum += (e.more+gap*e.gap)*part[at] + e.joint*coefficient[at]
	}
	if own := m.customers[s.b.customer]; own != nil && s.w.whole[mapped] != 0 {
		sum += s.w.whole[mapped] * float64(dense.Dot(own, m.titles[t]))
	}
	return sum
}
