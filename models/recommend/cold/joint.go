package cold

import (
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// jointPrior is the ridge of the regressions on a title's attributes, in titles.
const jointPrior = 5

// regress gives every attribute of every new title its coefficient z in what the
// joint signals add up: Σ n·z over the attributes, where n are the customer's
// titles with each. That is what the ridge regression of his purchases of the
// known titles on the attributes of this title foretells for it: z solves
// (G + λI)z = 1, G counting the known titles that have both of two attributes. An
// author all of whose books come from one publisher so counts once.
// Coefficients stand in the places of flat.id; those of known titles are zero.
func (w *world) regress() {
	f := &w.flat
	f.joint = make([]float64, len(f.id))
	common := w.commons()
	spread(w.a.Titles, func(from, step int) {
		for t := from; t < w.a.Titles; t += step {
			if w.known[t] {
				continue
			}
			mine := f.id[f.start[t]:f.start[t+1]]
			n := len(mine)
			if n == 0 {
				continue
			}
			g, one := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
			for x := range n {
				for y := x; y < n; y++ {
					g.SetSym(x, y, common.of(mine[x], mine[y]))
				}
				g.SetSym(x, x, g.At(x, x)+jointPrior)
				one.SetVec(x, 1)
			}
			var chol mat.Cholesky
			var z mat.VecDense
			if !chol.Factorize(g) || chol.SolveVecTo(&z, one) != nil {
				continue // counts are positive semidefinite: not reached
			}
			copy(f.joint[f.start[t]:], z.RawVector().Data)
		}
	})
}

// commons counts the known titles that pairs of attributes have in common, for
// those pairs that stand on a new title.
type commons struct {
	pairs []int64 // ascending
	count []float64
}

func pairOf(a, b int32) int64 { return int64(min(a, b))<<32 | int64(max(a, b)) }

func (c *commons) of(a, b int32) float64 {
	at, _ := slices.BinarySearch(c.pairs, pairOf(a, b))
	return c.count[at]
}

func (w *world) commons() *commons {
	f, c := &w.flat, &commons{}
	for t := range w.a.Titles {
		if w.known[t] {
			continue
		}
		mine := f.id[f.start[t]:f.start[t+1]]
		for x, a := range mine {
			for _, b := range mine[x:] {
				c.pairs = append(c.pairs, pairOf(a, b))
			}
		}
	}
	slices.Sort(c.pairs)
	c.pairs = slices.Compact(c.pairs)
	bearers := w.bearers()
	c.count = make([]float64, len(c.pairs))
	spread(len(c.pairs), func(from, step int) {
		for i := from; i < len(c.pairs); i += step {
			c.count[i] = float64(shared(bearers[c.pairs[i]>>32], bearers[c.pairs[i]&math.MaxUint32]))
		}
	})
	return c
}

// bearers lists the known titles of each attribute, ascending.
func (w *world) bearers() [][]int32 {
	f := &w.flat
	lists := make([][]int32, len(f.kind))
	for t, known := range w.known {
		if known {
			for _, id := range f.id[f.start[t]:f.start[t+1]] {
				lists[id] = append(lists[id], int32(t))
			}
		}
	}
	return lists
}

// shared counts what two ascending lists have in common.
func shared(a, b []int32) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for _, v := range a {
		// What is looked for is most often near: the step doubles.
		step := 1
		for step < len(b) && b[step] < v {
			step *= 2
		}
		from := step / 2
		b = b[from:]
		at := sort.Search(min(len(b), step-from+1), func(i int) bool { return b[i] >= v })
		if b = b[at:]; len(b) == 0 {
			break
		}
		if b[0] == v {
			n++
			b = b[1:]
		}
		if len(b) == 0 {
			break
		}
	}
	return n
}
