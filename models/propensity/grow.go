package propensity

import (
	"math"
	"sync"
)

// grower builds one tree after another on the same matrix.
type grower struct {
	m       *matrix
	o       *TreeOptions
	w       []float64
	margin  []float64 // current score of each row
	q       *gradients
	tally   *tally
	split   splitter
	workers int
	rows    []uint32 // rows by node
	left    []uint32 // scratch of the partition
	right   []uint32
	free    []histogram
}

// open is a node that may be split: its rows are rows[from:to].
type open struct {
	node     int // in the tree
	from, to int
	total    sum
	bounds   bounds
	best     split
	hist     histogram // nil at the last level
}

func newGrower(m *matrix, o *TreeOptions, w []float64, packed bool) *grower {
	g := &grower{m: m, o: o, w: w, workers: workersOr(o.Workers)}
	g.q = newGradients(m.rows, packed)
	g.tally = newTally(m, g.workers)
	g.margin = make([]float64, m.rows)
	g.rows, g.left, g.right = make([]uint32, m.rows), make([]uint32, m.rows), make([]uint32, m.rows)
	g.split = splitter{m: m, o: o, monotone: make([]int, len(m.features)), sums: make([]sum, 256)}
	for k, f := range m.features {
		g.split.monotone[k] = o.Monotone[f.Name]
	}
	return g
}

func (g *grower) histogram() histogram {
	if n := len(g.free); n > 0 {
		h := g.free[n-1]
		g.free = g.free[:n-1]
		return h
	}
	return make(histogram, g.m.stride*256)
}

// grow adds a tree for the current gradients and moves the margins by it. ok is
// false when no split was worth making.
func (g *grower) grow() (tree Tree, ok bool) {
	g.split.unitG, g.split.unitH = g.q.unitG, g.q.unitH
	eachChunk(g.m.rows, g.workers, func(_, from, to int) {
		for i := from; i < to; i++ {
			g.rows[i] = uint32(i)
		}
	})
	root := open{to: len(g.rows), bounds: bounds{math.Inf(-1), math.Inf(1)}, hist: g.histogram()}
	g.tally.count(root.hist, g.rows, g.q)
	for c := range g.m.used[0] { // any one byte holds every row once
		root.total = root.total.plus(root.hist[c])
	}
	tree.Nodes = []Node{{}}
	level := []open{root}
	for depth := 1; len(level) > 0; depth++ {
		var next []open
		for _, n := range level {
			next = append(next, g.part(&tree, n, depth)...)
		}
		level = next
	}
	tree.cover()
	return tree, len(tree.Nodes) > 1
}

// part splits a node into two, or makes it a leaf.
func (g *grower) part(tree *Tree, n open, depth int) []open {
	n.best = g.split.best(n.hist, n.total, n.bounds)
	if n.best.gain <= 0 {
		g.leaf(tree, n)
		g.free = append(g.free, n.hist)
		return nil
	}
	f := &g.m.features[n.best.feature]
	left, right := len(tree.Nodes), len(tree.Nodes)+1
	node := Node{Feature: n.best.feature, Left: left, Right: right, Gain: n.best.gain, MissingLeft: n.best.missingLeft}
	switch {
	case f.Categorical:
		node.LeftLevels = n.best.leftLevels
		node.MissingLeft = false // a code like any other
	case n.best.cut < len(f.Cuts):
		node.Cut = f.Cuts[n.best.cut]
	default: // numbers from missing
		node.Cut = math.MaxFloat64
	}
	tree.Nodes[n.node] = node
	tree.Nodes = append(tree.Nodes, Node{}, Node{})
	a, b := n, n
	a.node, b.node, a.total, b.total = left, right, n.best.left, n.best.right
	g.narrowBounds(n, &a.bounds, &b.bounds)
	if depth == g.o.Depth {
		g.lastLevel(tree, n, &a, &b)
		g.free = append(g.free, n.hist)
		return nil
	}
	mid := n.from + g.partition(n)
	a.to, b.from = mid, mid
	small, large := &a, &b
	if a.to-a.from > b.to-b.from {
		small, large = &b, &a
	}
	small.hist, large.hist = g.histogram(), n.hist
	g.tally.count(small.hist, g.rows[small.from:small.to], g.q)
	for k, v := range small.hist {
		large.hist[k] = large.hist[k].minus(v)
	}
	return []open{a, b}
}

// narrowBounds keeps the children of a constrained split, and all below them,
// on their side of the middle of the two values.
func (g *grower) narrowBounds(n open, left, right *bounds) {
	m := g.split.monotone[n.best.feature]
	if m == 0 {
		return
	}
	mid := (g.split.value(n.best.left, g.o.L2, n.bounds) + g.split.value(n.best.right, g.o.L2, n.bounds)) / 2
	if m > 0 {
		left.high, right.low = mid, mid
	} else {
		left.low, right.high = mid, mid
	}
}

// sides says for every byte of the split's place in a matrix row whether the
// row goes left (1) or right (0).
func (g *grower) sides(s *split) (at int, side [256]uint8) {
	p := g.m.place[s.feature]
	f := &g.m.features[s.feature]
	var by [257]uint8
	for _, c := range s.leftLevels {
		by[c] = 1
	}
	if !f.Categorical {
		for c := 0; c <= s.cut; c++ {
			by[c] = 1
		}
		by[f.missing()] = 0
		if s.missingLeft {
			by[f.missing()] = 1
		}
	}
	for c := range side {
		side[c] = by[c/p.times%p.codes]
	}
	return p.at, side
}

// partition reorders the node's rows, left ones first, both in ascending order,
// and returns the number of left ones.
func (g *grower) partition(n open) int {
	at, side := g.sides(&n.best)
	rows, left, right := g.rows[n.from:n.to], g.left[n.from:n.to], g.right[n.from:n.to]
	counts := make([]int, (len(rows)+chunk-1)/chunk)
	column := g.m.columns[at]
	eachChunk(len(rows), g.workers, func(k, from, to int) {
		l, r := from, from
		for _, i := range rows[from:to] {
			s := int(side[column[i]])
			left[l], right[r] = i, i
			l += s
			r += 1 - s
		}
		counts[k] = l - from
	})
	total := 0
	for _, c := range counts {
		total += c
	}
	l, r := 0, total
	starts := make([][2]int, len(counts))
	for k, c := range counts {
		starts[k] = [2]int{l, r}
		l += c
		r += min(len(rows), (k+1)*chunk) - k*chunk - c
	}
	eachChunk(len(rows), g.workers, func(k, from, to int) {
		copy(rows[starts[k][0]:], left[from:from+counts[k]])
		copy(rows[starts[k][1]:], right[from:to-counts[k]])
	})
	return total
}

// leaf ends a node: its rows' margins move by its value.
func (g *grower) leaf(tree *Tree, n open) {
	value := g.o.Rate * g.split.value(n.total, g.o.L2, n.bounds)
	tree.Nodes[n.node] = Node{Feature: -1, Value: value}
	tree.Nodes[n.node].Cover = g.move(n.from, n.to, func(rows []uint32) (_, _ float64) {
		var w float64
		for _, i := range rows {
			g.margin[i] += value
			w += g.weight(i)
		}
		return w, 0
	})[0]
}

// lastLevel makes both children leaves without ordering their rows.
func (g *grower) lastLevel(tree *Tree, n open, a, b *open) {
	at, side := g.sides(&n.best)
	values := [2]float64{g.o.Rate * g.split.value(b.total, g.o.L2, b.bounds), g.o.Rate * g.split.value(a.total, g.o.L2, a.bounds)}
	column := g.m.columns[at]
	cover := g.move(n.from, n.to, func(rows []uint32) (_, _ float64) {
		if g.w == nil {
			count := 0
			for _, i := range rows {
				s := side[column[i]] & 1
				g.margin[i] += values[s]
				count += int(s)
			}
			return float64(len(rows) - count), float64(count)
		}
		var w [2]float64
		for _, i := range rows {
			s := side[column[i]] & 1
			g.margin[i] += values[s]
			w[s] += g.w[i]
		}
		return w[0], w[1]
	})
	tree.Nodes[a.node] = Node{Feature: -1, Value: values[1], Cover: cover[1]}
	tree.Nodes[b.node] = Node{Feature: -1, Value: values[0], Cover: cover[0]}
}

// move runs do over the rows of a node by chunks and adds up what it returns in
// the order of the chunks.
func (g *grower) move(from, to int, do func(rows []uint32) (a, b float64)) (total [2]float64) {
	parts := make([][2]float64, (to-from+chunk-1)/chunk)
	eachChunk(to-from, g.workers, func(k, a, b int) {
		parts[k][0], parts[k][1] = do(g.rows[from+a : from+b])
	})
	for _, p := range parts {
		total[0] += p[0]
		total[1] += p[1]
	}
	return total
}

func (g *grower) weight(i uint32) float64 {
	if g.w == nil {
		return 1
	}
	return g.w[i]
}

// maxOver is the largest result of f over all rows, whatever the order.
func (g *grower) maxOver(f func(i int) float64) float64 {
	var mu sync.Mutex
	top := 0.0
	eachChunk(g.m.rows, g.workers, func(_, from, to int) {
		best := 0.0
		for i := from; i < to; i++ {
			best = max(best, f(i))
		}
		mu.Lock()
		top = max(top, best)
		mu.Unlock()
	})
	return top
}
