package segment

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// points are standardised rows, one after another.
type points struct {
	n, d int
	x    []float64
}

func (p points) row(i int) []float64 { return p.x[i*p.d : (i+1)*p.d : (i+1)*p.d] }

// take is the rows with the given indices.
func (p points) take(rows []int) points {
	q := points{n: len(rows), d: p.d, x: make([]float64, 0, len(rows)*p.d)}
	for _, i := range rows {
		q.x = append(q.x, p.row(i)...)
	}
	return q
}

// canonical is the order of rows by their values. Everything random or summed
// runs in this order, so that the order of the input does not matter.
func (p points) canonical() []int {
	order := make([]int, p.n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := slices.Compare(p.row(a), p.row(b)); c != 0 {
			return c
		}
		return a - b
	})
	return order
}

// distinct counts the different rows of points in canonical order.
func (p points) distinct() int {
	count := 0
	for i := range p.n {
		if i == 0 || !slices.Equal(p.row(i), p.row(i-1)) {
			count++
		}
	}
	return count
}

// The streams of random numbers: one for each purpose.
const (
	streamSample = iota
	streamStart
	streamGap
	streamBootstrap
	streamSilhouette
	streamSplit
)

// stream is the random source of the k-th use of a purpose.
func stream(seed uint64, purpose, k int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(purpose)<<32|uint64(uint32(k))))
}

// sample is at most size indices below n, ascending, without repetition.
func sample(rng *rand.Rand, n, size int) []int {
	if n <= size {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	// Selection sampling (Knuth, volume 2, 3.4.2, algorithm S).
	chosen := make([]int, 0, size)
	for i := 0; len(chosen) < size; i++ {
		if rng.Float64()*float64(n-i) < float64(size-len(chosen)) {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// squared is the squared distance of two rows. Four sums at a time keep the
// processor busy; their order is fixed.
func squared(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		d0, d1, d2, d3 := a[0]-b[0], a[1]-b[1], a[2]-b[2], a[3]-b[3]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
	}
	for i, v := range a {
		d := v - b[i]
		s0 += d * d
	}
	return (s0 + s1) + (s2 + s3)
}

// principal turns the points onto their principal axes, centred.
func (p points) principal() points {
	centred, mean := points{n: p.n, d: p.d, x: slices.Clone(p.x)}, make([]float64, p.d)
	for i := range p.n {
		for j, v := range p.row(i) {
			mean[j] += v / float64(p.n)
		}
	}
	for i := range p.n {
		for j, m := range mean {
			centred.x[i*p.d+j] -= m
		}
	}
	x := mat.NewDense(p.n, p.d, centred.x)
	var moment mat.SymDense
	moment.SymOuterK(1, x.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&moment, true) {
		return centred
	}
	var axes, turned mat.Dense
	eigen.VectorsTo(&axes)
	turned.Mul(x, &axes)
	return points{n: p.n, d: p.d, x: turned.RawMatrix().Data}
}
