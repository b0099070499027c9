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

// encode are the codes of rows from to to, one byte a feature, row by row.
func encode(x Table, features []Feature, from, to int) []uint8 {
	coders := make([]*coder, len(features))
	for k := range features {
		coders[k] = newCoder(&features[k])
	}
	out := make([]uint8, (to-from)*len(features))
	encodeInto(out, x, coders, from, to)
	return out
}

func encodeInto(out []uint8, x Table, coders []*coder, from, to int) {
	for k, c := range x {
		at, code := k, coders[k]
		if c.Levels != nil {
			for _, v := range c.Levels[from:to] {
				out[at] = code.text(v)
				at += len(coders)
			}
			continue
		}
		for _, v := range c.Numbers[from:to] {
			out[at] = code.number(v)
			at += len(coders)
		}
	}
}

// walker is a tree filled up to full depth, so that every row takes the same
// number of steps and no branch has to be guessed.
type walker struct {
	depth    int
	features int
	feature  []uint16
	side     [][256]uint8 // of a node: 1 for the codes that go right
	value    []float64    // of the bottom places from the left
}

func newWalker(t *Tree, features []Feature) *walker {
	w := &walker{depth: t.depth(0), features: len(features)}
	inner := 1<<w.depth - 1
	w.feature, w.side, w.value = make([]uint16, inner), make([][256]uint8, inner), make([]float64, inner+1)
	w.fill(t, features, 0, 0)
	return w
}

func (w *walker) fill(t *Tree, features []Feature, node, at int) {
	n := &t.Nodes[node]
	if at >= len(w.feature) {
		w.value[at-len(w.feature)] = n.Value
		return
	}
	if n.Feature < 0 {
		w.fill(t, features, node, 2*at+1)
		w.fill(t, features, node, 2*at+2)
		return
	}
	w.feature[at] = uint16(n.Feature)
	for c := range features[n.Feature].codes() {
		if !n.goesLeft(&features[n.Feature], c) {
			w.side[at][c] = 1
		}
	}
	w.fill(t, features, n.Left, 2*at+1)
	w.fill(t, features, n.Right, 2*at+2)
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

// add moves the margins of coded rows by the tree's values.
func (w *walker) add(codes []uint8, margin []float64) {
	if w.depth == 3 {
		w.add3(codes, margin)
		return
	}
	for i := range margin {
		row := codes[i*w.features:][:w.features]
		at := 0
		for range w.depth {
			at = 2*at + 1 + int(w.side[at][row[w.feature[at]]])
		}
		margin[i] += w.value[at-len(w.side)]
	}
}

// add3 is add for the usual depth, written out.
func (w *walker) add3(codes []uint8, margin []float64) {
	feature, side, value := (*[7]uint16)(w.feature), (*[7][256]uint8)(w.side), (*[8]float64)(w.value)
	root := int(feature[0])
	for i := range margin {
		row := codes[i*w.features:][:w.features]
		a := int(side[0][row[root]] & 1)
		b := int(side[1+a][row[feature[1+a]]] & 1)
		c := int(side[3+2*a+b][row[feature[3+2*a+b]]] & 1)
		margin[i] += value[4*a+2*b+c]
	}
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
	coders := make([]*coder, len(t.Features))
	for k := range coders {
		coders[k] = newCoder(&t.Features[k])
	}
	out := make([]float64, x.Rows())
	for i := range out {
		out[i] = t.Base
	}
	pool := sync.Pool{New: func() any { return new(make([]uint8, block*len(t.Features))) }}
	eachChunk(len(out), workersOr(0), func(_, from, to int) {
		buffer := pool.Get().(*[]uint8)
		defer pool.Put(buffer)
		for a := from; a < to; a += block {
			b := min(to, a+block)
			codes := (*buffer)[:(b-a)*len(t.Features)]
			encodeInto(codes, x, coders, a, b)
			for _, w := range walkers {
				w.add(codes, out[a:b])
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
