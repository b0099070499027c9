package cold

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// factors are the leading singular vectors of the purchases, each divided by
// the root of its customer's and its title's purchases: what customers alike
// buy, in few numbers.
type factors struct {
	rank      int
	customers [][]float32 // of length 1; nil without purchases
	titles    [][]float32 // of root mean square about 1; nil without purchases
}

// Added to the number of purchases under the root, so that a title of one
// customer does not shape a factor alone.
const titlePrior, customerPrior = 10, 5

// sweeps of the subspace iteration: enough for the ranking of titles, not for
// digits of singular values.
const sweeps = 8

// factorise finds the factors by subspace iteration from random vectors
// (Halko, Martinsson, Tropp 2011).
func (b *baskets) factorise(rank int, seed uint64) *factors {
	known := 0
	for _, list := range b.by {
		if len(list) > 0 {
			known++
		}
	}
	f := &factors{rank: min(rank, known, len(b.of)), customers: make([][]float32, len(b.of)), titles: make([][]float32, len(b.by))}
	scale := func(list []int32, prior float64) float32 { return float32(1 / math.Sqrt(float64(len(list))+prior)) }
	byTitle, byCustomer := make([]float32, len(b.by)), make([]float32, len(b.of))
	rng := rand.New(rand.NewPCG(seed, 2))
	for t, list := range b.by {
		byTitle[t] = scale(list, titlePrior)
		if len(list) > 0 {
			f.titles[t] = make([]float32, f.rank)
			for k := range f.titles[t] {
				f.titles[t][k] = float32(rng.NormFloat64())
			}
		}
	}
	for c, list := range b.of {
		byCustomer[c] = scale(list, customerPrior)
		if len(list) > 0 {
			f.customers[c] = make([]float32, f.rank)
		}
	}
	for range sweeps {
		collect(f.customers, f.titles, b.of, byCustomer, byTitle)
		collect(f.titles, f.customers, b.by, byTitle, byCustomer)
		orthonormal(f.titles, f.rank)
	}
	collect(f.customers, f.titles, b.of, byCustomer, byTitle)
	unit(f.customers)
	root := float32(math.Sqrt(float64(known)))
	for _, row := range f.titles {
		for k := range row {
			row[k] *= root
		}
	}
	return f
}

// collect sets each row of to to the weighted sum of the rows of from it is
// joined with.
func collect(to, from [][]float32, joined [][]int32, mine, theirs []float32) {
	spread(len(to), func(first, step int) {
		for i := first; i < len(to); i += step {
			row := to[i]
			clear(row)
			for _, j := range joined[i] {
				w := mine[i] * theirs[j]
				for k, v := range from[j] {
					row[k] += w * v
				}
			}
		}
	})
}

// orthonormal makes the columns of the rows orthonormal by the Cholesky factor
// of their Gram matrix, summed in blocks of fixed size. Columns that depend on
// others, of data with fewer directions than the rank, fade to nothing.
func orthonormal(rows [][]float32, rank int) {
	parts := make([][]float64, blocks)
	spread(blocks, func(from, step int) {
		for b := from; b < blocks; b += step {
			g := make([]float64, rank*rank)
			for _, row := range rows[len(rows)*b/blocks : len(rows)*(b+1)/blocks] {
				for i, x := range row {
					for j, y := range row[:i+1] {
						g[i*rank+j] += float64(x) * float64(y)
					}
				}
			}
			parts[b] = g
		}
	})
	gram := mat.NewSymDense(rank, nil)
	trace := 0.
	for i := range rank {
		for j := range i + 1 {
			sum := 0.
			for _, g := range parts {
				sum += g[i*rank+j]
			}
			gram.SetSym(i, j, sum)
		}
		trace += gram.At(i, i)
	}
	for i := range rank {
		gram.SetSym(i, i, gram.At(i, i)+1e-9*trace/float64(rank)+1e-30)
	}
	var chol mat.Cholesky
	if !chol.Factorize(gram) {
		return // only rounding stands between the columns: they stay as they are
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	l := lower.RawTriangular().Data
	spread(len(rows), func(from, step int) {
		solved := make([]float64, rank)
		for r := from; r < len(rows); r += step {
			for i, x := range rows[r] {
				sum := float64(x)
				for k := range i {
					sum -= l[i*rank+k] * solved[k]
				}
				solved[i] = sum / l[i*rank+i]
				rows[r][i] = float32(solved[i])
			}
		}
	})
}

// unit scales rows to length 1.
func unit(rows [][]float32) {
	for _, row := range rows {
		sum := float32(0)
		for _, v := range row {
			sum += v * v
		}
		if sum > 0 {
			for k := range row {
				row[k] /= float32(math.Sqrt(float64(sum)))
			}
		}
	}
}

// mapping gives every attribute its part in the factors of a title.
type mapping struct {
	customers [][]float32
	part      [][][]float32 // kind → attribute → factors; nil without a known title
	titles    [][]float32   // sum of the parts, of every title
}

// A title's attributes of one kind share their part: two authors weigh half
// each. mapPrior is the ridge, in titles.
const mapPrior, mapSweeps = 5, 8

// mapped is the ridge regression of the titles' factors, less their mean, on
// their attributes, by Gauss-Seidel: attributes in turn take what the others
// leave.
func (w *world) mapped(f *factors) *mapping {
	m := &mapping{customers: f.customers, part: make([][][]float32, len(w.a.Kinds)), titles: make([][]float32, w.a.Titles)}
	left := make([][]float32, w.a.Titles)
	mean, known := make([]float64, f.rank), 0.
	for _, row := range f.titles {
		for k, v := range row {
			mean[k] += float64(v)
		}
		if row != nil {
			known++
		}
	}
	for t, row := range f.titles {
		if row != nil {
			left[t] = make([]float32, f.rank)
			for k, v := range row {
				left[t][k] = v - float32(mean[k]/known)
			}
		}
	}
	bearers := make([][][]int32, len(w.a.Kinds))
	for k := range w.a.Kinds {
		kind := &w.a.Kinds[k]
		bearers[k], m.part[k] = make([][]int32, len(kind.Labels)), make([][]float32, len(kind.Labels))
		for t := range left {
			if left[t] == nil {
				continue
			}
			for _, a := range kind.Of(t) {
				bearers[k][a] = append(bearers[k][a], int32(t))
			}
		}
	}
	for range mapSweeps {
		for k := range w.a.Kinds {
			w.a.Kinds[k].take(bearers[k], left, m.part[k], f.rank)
		}
	}
	for t := range m.titles {
		m.titles[t] = make([]float32, f.rank)
		for k := range w.a.Kinds {
			m.add(&w.a.Kinds[k], k, t, m.titles[t])
		}
	}
	return m
}

// take updates the parts of one kind and what they leave.
func (kind *Kind) take(bearers [][]int32, left, part [][]float32, rank int) {
	step := make([]float32, rank)
	for a, titles := range bearers {
		if len(titles) == 0 {
			continue
		}
		if part[a] == nil {
			part[a] = make([]float32, rank)
		}
		clear(step)
		weight := float32(0)
		for _, t := range titles {
			x := 1 / float32(len(kind.Of(int(t))))
			weight += x * x
			for k, v := range left[t] {
				step[k] += x * v
			}
		}
		for k, v := range part[a] {
			step[k] = (step[k] - mapPrior*v) / (weight + mapPrior)
			part[a][k] += step[k]
		}
		for _, t := range titles {
			x := 1 / float32(len(kind.Of(int(t))))
			for k, v := range step {
				left[t][k] -= x * v
			}
		}
	}
}

// add adds the parts of a title's attributes of one kind to a row. An unseen
// attribute has none, the others keep their share.
func (m *mapping) add(kind *Kind, k, title int, row []float32) {
	list := kind.Of(title)
	for _, a := range list {
		for j, v := range m.part[k][a] {
			row[j] += v / float32(len(list))
		}
	}
}

// of is the product of a customer and one attribute of a title that has n of
// its kind.
func (m *mapping) of(customer, k int, a int32, n int) float64 {
	return product(m.customers[customer], m.part[k][a]) / float64(n)
}

func product(x, y []float32) float64 {
	if x == nil || y == nil {
		return 0
	}
	sum := float32(0)
	for k, v := range x {
		sum += v * y[k]
	}
	return float64(sum)
}
