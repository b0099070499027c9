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
	pattern []int32   // of each title, into patterns
	// patterns are the shares of each kind's attributes on a known title (1, or 0
	// where there is none), and of those that some title is near; few differ.
	patterns []pattern
}

type pattern struct{ known, near []float64 }

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
	p := pattern{make([]float64, len(key)/2), make([]float64, len(key)/2)}
	for k := range p.known {
		if n := key[2*k]; n > 0 {
			p.known[k], p.near[k] = 1, float64(key[2*k+1])/float64(n)
		}
	}
	return p
}

// plan is a vector of weights made ready to score pairs: what does not depend on
// the customer is added up for each title.
type plan struct {
	weights []float64 // by kind and signal, then the factors'
	fixed   []float64 // of each title
}

func (w *world) plan(weights []float64) *plan {
	p := &plan{weights: weights, fixed: make([]float64, w.a.Titles)}
	f := &w.flat
	own := make([]float64, len(f.kind))
	for k := range w.a.Kinds {
		l, v := &w.lore[k], weights[k*signals:(k+1)*signals]
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
				p.fixed[t] += weights[k*signals+unseen]
			}
		}
	}
	return p
}

// pairs scores pairs of the loaded customer by a plan.
type pairs struct {
	p       *plan
	b       *bench
	more    []float64 // attribute → what the customer's purchases add to that of one who has nothing of it
	touched []int32   // attributes with more
	common  []float64 // pattern → the score of one who has nothing of any attribute
	mapped  float64
}

func (b *bench) pairs(p *plan) *pairs {
	return &pairs{p: p, b: b, more: make([]float64, len(b.w.flat.kind)), common: make([]float64, len(b.w.flat.patterns)), mapped: p.weights[len(b.w.a.Kinds)*signals]}
}

// load takes up the customer of the bench.
func (s *pairs) load() {
	for _, id := range s.touched {
		s.more[id] = 0
	}
	b, f := s.b, &s.b.w.flat
	s.touched = append(s.touched[:0], b.touched...)
	for _, id := range b.touched {
		k := f.kind[id]
		l, a, v := &b.w.lore[k], id-f.offset[k], s.p.weights[int(k)*signals:]
		n := float64(b.count[id])
		more := v[held] * n / (l.titles[a] + heldPrior)
		if n > 0 && v[bought] != 0 {
			more += v[bought] * (odds(n, b.counts[k], l.share[a], b.w.boughtEase) - b.never[k])
		}
		if m := float64(b.around[id]); m > 0 && l.drift[a] > 0 && v[near] != 0 {
			more += v[near] * (odds(m, b.arounds[k], l.drift[a], b.w.nearEase) - b.far[k])
		}
		s.more[id] = more
	}
	for no, p := range f.patterns {
		sum := 0.
		for k := range p.known {
			v := s.p.weights[k*signals:]
			sum += v[bought]*p.known[k]*b.never[k] + v[near]*p.near[k]*b.far[k]
		}
		s.common[no] = sum
	}
}

// of is the score of a title.
func (s *pairs) of(t int32) float64 {
	f, m := &s.b.w.flat, s.b.w.mapping
	from, to := f.start[t], f.start[t+1]
	part := f.part[from:to]
	sum := s.p.fixed[t] + s.common[f.pattern[t]]
	for at, id := range f.id[from:to] {
		sum += s.more[id] * part[at]
	}
	if own := m.customers[s.b.customer]; own != nil && s.mapped != 0 {
		sum += s.mapped * float64(dense.Dot(own, m.titles[t]))
	}
	return sum
}
