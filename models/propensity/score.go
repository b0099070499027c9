package propensity

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// block is the number of rows scored together: their codes stay in the cache
// while tree after tree goes over them.
const block = 1 << 10

// codeBlock holds the codes of up to block rows, a column of bytes a feature.
type codeBlock struct {
	rows    int
	columns [][]uint8
	pattern []uint8 // scratch
}

func newCodeBlock(features, rows int) *codeBlock {
	b := &codeBlock{rows: rows, columns: make([][]uint8, features), pattern: make([]uint8, rows)}
	for k := range b.columns {
		b.columns[k] = make([]uint8, rows)
	}
	return b
}

// fill sets the block to rows from to to of the table.
func (b *codeBlock) fill(x Table, coders []*coder, from, to int) {
	b.rows = to - from
	for k, c := range x {
		out, code := b.columns[k][:b.rows], coders[k]
		if c.Levels != nil {
			for i, v := range c.Levels[from:to] {
				out[i] = code.text(v)
			}
			continue
		}
		for i, v := range c.Numbers[from:to] {
			out[i] = code.number(v)
		}
	}
}

func newCoders(features []Feature) []*coder {
	out := make([]*coder, len(features))
	for k := range features {
		out[k] = newCoder(&features[k])
	}
	return out
}

// walker is a tree prepared for scoring many rows. Up to seven splits fit the
// bits of a pattern: each feature's code gives the sides of all its splits at
// once, and the pattern of all sides gives the value, without any step that
// waits for the one before. Larger trees are filled up to full depth and walked
// without branches.
type walker struct {
	used   []int        // pattern: distinct features
	sides  [][256]uint8 // pattern: bits of the splits on that feature, set for right
	values [128]float64 // pattern: the value
	depth  int          // full tree, when there are more splits
	split  []uint16     // full tree: feature of each inner place
	right  [][256]uint8 // full tree: 1 for the codes that go right
	bottom []float64    // full tree: values from the left
}

// patternSplits is how many splits a pattern has bits for.
const patternSplits = 7

func newWalker(t *Tree, features []Feature) *walker {
	w := &walker{}
	if splits := t.splits(); len(splits) <= patternSplits {
		w.patterns(t, features, splits)
		return w
	}
	w.depth = t.depth(0)
	inner := 1<<w.depth - 1
	w.split, w.right, w.bottom = make([]uint16, inner), make([][256]uint8, inner), make([]float64, inner+1)
	w.fill(t, features, 0, 0)
	return w
}

// splits are the inner nodes.
func (t *Tree) splits() (at []int) {
	for k := range t.Nodes {
		if t.Nodes[k].Feature >= 0 {
			at = append(at, k)
		}
	}
	return at
}

func (w *walker) patterns(t *Tree, features []Feature, splits []int) {
	bit := map[int]int{}
	for b, at := range splits {
		bit[at] = b
		n := &t.Nodes[at]
		k := slices.Index(w.used, n.Feature)
		if k < 0 {
			k = len(w.used)
			w.used, w.sides = append(w.used, n.Feature), append(w.sides, [256]uint8{})
		}
		for c := range features[n.Feature].codes() {
			if !n.goesLeft(&features[n.Feature], c) {
				w.sides[k][c] |= 1 << b
			}
		}
	}
	for pattern := range w.values {
		at := 0
		for t.Nodes[at].Feature >= 0 {
			if pattern>>bit[at]&1 == 1 {
				at = t.Nodes[at].Right
			} else {
				at = t.Nodes[at].Left
			}
		}
		w.values[pattern] = t.Nodes[at].Value
	}
}

func (w *walker) fill(t *Tree, features []Feature, node, at int) {
	n := &t.Nodes[node]
	if at >= len(w.split) {
		w.bottom[at-len(w.split)] = n.Value
		return
	}
	if n.Feature < 0 {
		w.fill(t, features, node, 2*at+1)
		w.fill(t, features, node, 2*at+2)
		return
	}
	w.split[at] = uint16(n.Feature)
	for c := range features[n.Feature].codes() {
		if !n.goesLeft(&features[n.Feature], c) {
			w.right[at][c] = 1
		}
	}
	w.fill(t, features, n.Left, 2*at+1)
	w.fill(t, features, n.Right, 2*at+2)
}

// add moves the margins of the block's rows by the tree's values.
func (w *walker) add(b *codeBlock, margin []float64) {
	if w.split != nil {
		for i := range margin {
			at := 0
			for range w.depth {
				at = 2*at + 1 + int(w.right[at][b.columns[w.split[at]][i]])
			}
			margin[i] += w.bottom[at-len(w.split)]
		}
		return
	}
	pattern := b.pattern[:len(margin)]
	clear(pattern)
	k := 0
	for ; k+2 <= len(w.used); k += 2 {
		first, second := b.columns[w.used[k]][:len(pattern)], b.columns[w.used[k+1]][:len(pattern)]
		a, c := &w.sides[k], &w.sides[k+1]
		for i := range pattern {
			pattern[i] |= a[first[i]] | c[second[i]]
		}
	}
	if k < len(w.used) {
		last, a := b.columns[w.used[k]][:len(pattern)], &w.sides[k]
		for i := range pattern {
			pattern[i] |= a[last[i]]
		}
	}
	for i, p := range pattern {
		margin[i] += w.values[p&127]
	}
}

// goesLeft says where a code goes at a split.
func (n *Node) goesLeft(f *Feature, code int) bool {
	if f.Categorical {
		return slices.Contains(n.LeftLevels, code)
	}
	if code == f.missing() {
		return n.MissingLeft
	}
	// Code c stands for numbers up to cut c, the last code for those above all.
	return code < len(f.Cuts) && f.Cuts[code] <= n.Cut || code == len(f.Cuts) && n.Cut == math.MaxFloat64
}

func (t *Tree) depth(node int) int {
	n := &t.Nodes[node]
	if n.Feature < 0 {
		return 0
	}
	return 1 + max(t.depth(n.Left), t.depth(n.Right))
}

// cover adds up the weights of the leaves.
func (t *Tree) cover() {
	for k := len(t.Nodes) - 1; k >= 0; k-- { // children come after their parent
		if n := &t.Nodes[k]; n.Feature >= 0 {
			n.Cover = t.Nodes[n.Left].Cover + t.Nodes[n.Right].Cover
		}
	}
}

// trim forgets the cuts that no tree uses: codes then only tell apart what
// trees tell apart.
func (t *Trees) trim() {
	used := make([][]float64, len(t.Features))
	for _, tree := range t.Trees {
		for _, n := range tree.Nodes {
			if n.Feature >= 0 && !t.Features[n.Feature].Categorical && n.Cut < math.MaxFloat64 {
				used[n.Feature] = append(used[n.Feature], n.Cut)
			}
		}
	}
	for k := range t.Features {
		slices.Sort(used[k])
		t.Features[k].Cuts = slices.Compact(used[k])
	}
}

// Margins are the sums of base and trees by row: log-odds for LogLoss, the
// prediction itself for SquaredLoss. The table needs the columns of the fit by
// name; others are ignored.
func (t *Trees) Margins(x Table) ([]float64, error) {
	x, err := x.pick(t.Features)
	if err != nil {
		return nil, err
	}
	walkers := make([]*walker, len(t.Trees))
	for k := range walkers {
		walkers[k] = newWalker(&t.Trees[k], t.Features)
	}
	coders := newCoders(t.Features)
	out := make([]float64, x.Rows())
	for i := range out {
		out[i] = t.Base
	}
	pool := sync.Pool{New: func() any { return newCodeBlock(len(t.Features), block) }}
	eachChunk(len(out), workersOr(0), func(_, from, to int) {
		b := pool.Get().(*codeBlock)
		defer pool.Put(b)
		for a := from; a < to; a += block {
			margin := out[a:min(to, a+block)]
			b.fill(x, coders, a, a+len(margin))
			for _, w := range walkers {
				w.add(b, margin)
			}
		}
	})
	return out, nil
}

// Score is the probability of outcome 1 by row for LogLoss, the mean of the
// outcome for SquaredLoss.
func (t *Trees) Score(x Table) ([]float64, error) {
	out, err := t.Margins(x)
	if err != nil || t.Loss == SquaredLoss {
		return out, err
	}
	for i, m := range out {
		out[i] = sigmoid(m)
	}
	return out, nil
}

// MeanLoss is the weighted mean loss of the model on a sample: −ln p of what
// happened, or the squared error.
func (t *Trees) MeanLoss(s Sample) (float64, error) {
	margin, err := t.Margins(s.X)
	if err != nil {
		return 0, err
	}
	if len(margin) != len(s.Y) || len(s.Y) == 0 {
		return 0, fmt.Errorf("%w: %d rows, %d outcomes", ErrShape, len(margin), len(s.Y))
	}
	return meanLoss(t.Loss, s, margin), nil
}

func meanLoss(loss string, s Sample, margin []float64) float64 {
	var total, weight float64
	for i, y := range s.Y {
		w := 1.0
		if s.W != nil {
			w = s.W[i]
		}
		weight += w
		if loss == SquaredLoss {
			total += w * (margin[i] - y) * (margin[i] - y)
		} else {
			total += w * softplus(margin[i]*(1-2*y))
		}
	}
	return total / weight
}

// softplus is ln(1+eˣ) without overflow.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
