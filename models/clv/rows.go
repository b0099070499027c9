package clv

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// Unique collapses customers with the same x, tx, T and covariates into one row
// whose weight is their number, in ascending order of these. Likelihoods need no
// more than that: a million customers are often some thousand rows. index[i] is
// the unique row of customer i. Spend is dropped. The input must be valid; Fit
// and Score call this themselves.
func Unique(c Customers) (unique Customers, index []int) {
	type key struct {
		x, tx, t float64
		pattern  int
	}
	patterns, of := covariatePatterns(c)
	place := make(map[key]int, len(c.X)/4)
	index = make([]int, len(c.X))
	var keys []key
	for i := range c.X {
		k := key{c.X[i], c.Tx[i], c.T[i], of(i)}
		g, seen := place[k]
		if !seen {
			g = len(keys)
			place[k] = g
			keys = append(keys, k)
		}
		index[i] = g
	}
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		p, q := keys[a], keys[b]
		return cmp.Or(cmp.Compare(p.pattern, q.pattern), cmp.Compare(p.x, q.x), cmp.Compare(p.tx, q.tx), cmp.Compare(p.t, q.t))
	})
	rank := make([]int, len(keys))
	u := Customers{X: make([]float64, len(keys)), Tx: make([]float64, len(keys)), T: make([]float64, len(keys)), Weight: make([]float64, len(keys))}
	for to, from := range order {
		k := keys[from]
		rank[from] = to
		u.X[to], u.Tx[to], u.T[to] = k.x, k.tx, k.t
		if c.Purchase != nil {
			u.Purchase = append(u.Purchase, c.Purchase[patterns[k.pattern]])
		}
		if c.Dropout != nil {
			u.Dropout = append(u.Dropout, c.Dropout[patterns[k.pattern]])
		}
	}
	for i, g := range index {
		index[i] = rank[g]
		u.Weight[index[i]] += c.weight(i)
	}
	return u, index
}

// covariatePatterns numbers the distinct covariate rows in ascending order.
// first[p] is a customer with pattern p; of(i) is the pattern of customer i.
func covariatePatterns(c Customers) (first []int, of func(int) int) {
	if c.Purchase == nil && c.Dropout == nil {
		return []int{0}, func(int) int { return 0 }
	}
	number := make([]int, len(c.X))
	seen := map[string]int{}
	var bytes []byte
	for i := range c.X {
		bytes = bytes[:0]
		h := c.at(i)
		for _, v := range append(slices.Clone(h.Purchase), h.Dropout...) {
			bytes = binary.BigEndian.AppendUint64(bytes, sortable(v))
		}
		p, known := seen[string(bytes)]
		if !known {
			p = len(first)
			seen[string(bytes)] = p
			first = append(first, i)
		}
		number[i] = p
	}
	texts := make([]string, 0, len(seen))
	for t := range seen {
		texts = append(texts, t)
	}
	slices.Sort(texts)
	rank, sorted := make([]int, len(first)), make([]int, len(first))
	for to, t := range texts {
		rank[seen[t]] = to
		sorted[to] = first[seen[t]]
	}
	return sorted, func(i int) int { return rank[number[i]] }
}

// sortable maps a float to bits whose order is the order of the numbers.
func sortable(v float64) uint64 {
	bits := math.Float64bits(v + 0) // −0 and 0 are one value
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// table is what a likelihood runs on: unique rows in blocks of one covariate
// pattern each, and the cells (pattern, x) on which the gamma functions depend.
type table struct {
	x, tx, t, w []float64
	early, late []int32 // places of tx and t in the block's times
	blocks      []block
	customers   float64 // sum of weights
	meanT       float64
	rate        float64 // repeat purchases per unit of time, over all
}

type block struct {
	from, to          int // rows
	purchase, dropout []float64
	cells             []cell
	times             []float64 // distinct tx and t, ascending
}

type cell struct{ x, w float64 }

// newTable validates and prepares customers; rows of weight 0 are left out.
func newTable(c Customers, k Kind) (*table, error) {
	if len(c.X) == 0 {
		return nil, ErrEmpty
	}
	if err := c.validate(k); err != nil {
		return nil, err
	}
	u, _ := Unique(c)
	t := &table{}
	var sumX, sumT float64
	for i := range u.X {
		w := u.Weight[i]
		if w == 0 {
			continue
		}
		h := u.at(i)
		row := len(t.x)
		if n := len(t.blocks); n == 0 || !slices.Equal(t.blocks[n-1].purchase, h.Purchase) || !slices.Equal(t.blocks[n-1].dropout, h.Dropout) {
			t.blocks = append(t.blocks, block{from: row, purchase: h.Purchase, dropout: h.Dropout})
		}
		b := &t.blocks[len(t.blocks)-1]
		b.to = row + 1
		if n := len(b.cells); n == 0 || b.cells[n-1].x != h.X {
			b.cells = append(b.cells, cell{x: h.X})
		}
		b.cells[len(b.cells)-1].w += w
		t.x, t.tx, t.t, t.w = append(t.x, h.X), append(t.tx, h.Tx), append(t.t, h.T), append(t.w, w)
		t.customers += w
		sumX += w * h.X
		sumT += w * h.T
	}
	switch {
	case t.customers == 0:
		return nil, ErrEmpty
	case sumT == 0:
		return nil, ErrNoTime
	case sumX == 0:
		return nil, ErrNoRepeat
	}
	t.meanT, t.rate = sumT/t.customers, sumX/sumT
	t.placeTimes()
	return t, nil
}

// placeTimes finds the distinct times of each block, at which logarithms are
// taken once: data by the day have few.
func (t *table) placeTimes() {
	t.early, t.late = make([]int32, len(t.x)), make([]int32, len(t.x))
	for i := range t.blocks {
		b := &t.blocks[i]
		b.times = append(slices.Clone(t.tx[b.from:b.to]), t.t[b.from:b.to]...)
		slices.Sort(b.times)
		b.times = slices.Compact(b.times)
		for row := b.from; row < b.to; row++ {
			early, _ := slices.BinarySearch(b.times, t.tx[row])
			late, _ := slices.BinarySearch(b.times, t.t[row])
			t.early[row], t.late[row] = int32(early), int32(late)
		}
	}
}
