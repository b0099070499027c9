package cold

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"verso/models/recommend/dense"
)

// sample is a set of choices: in each group the first of the rows were taken,
// the others were not.
type sample struct {
	customer, title []int32
	start           []int32 // of each group, and the end
	taken           []int32 // rows of each group that were taken
	x               []float64
	p               int
	power           float64 // a group counts its taken rows to this power
	joint           int     // columns from here on are joint signals,
	products        [2]int  // from here to there products of others
	plain           bool    // neither take part
}

// productPrior is how many times the precision of the prior of a product is that
// of other weights: on few choices products are departures to be shown.
const productPrior = 10

// shut is the precision, in that of the prior, that keeps a weight at nothing.
const shut = 1e9

// precision is that of the prior of one weight.
func (s *sample) precision(column int, prior float64) float64 {
	switch {
	case s.plain && s.isExtra(column):
		return shut * prior
	case column >= s.products[0] && column < s.products[1]:
		return productPrior * prior
	}
	return prior
}

// isExtra says whether a column is a joint signal or a product.
func (s *sample) isExtra(column int) bool { return column >= s.joint && column < s.products[1] }

func (s *sample) group(taken, left [][2]int32) {
	if len(s.start) == 0 {
		s.start = []int32{0}
	}
	for _, list := range [][][2]int32{taken, left} {
		for _, pair := range list {
			s.customer = append(s.customer, pair[0])
			s.title = append(s.title, pair[1])
		}
	}
	s.start = append(s.start, int32(len(s.customer)))
	s.taken = append(s.taken, int32(len(taken)))
}

// join adds the filled groups of another sample.
func (s *sample) join(o *sample) {
	if len(s.start) == 0 {
		s.start = []int32{0}
	}
	last := s.start[len(s.start)-1]
	for _, at := range o.start[min(1, len(o.start)):] {
		s.start = append(s.start, last+at)
	}
	s.taken = append(s.taken, o.taken...)
	s.x, s.p, s.joint, s.products = append(s.x, o.x...), o.p, o.joint, o.products
}

// fill computes the signals of all rows; what a customer adds of his own
// (activity) is the last column.
func (s *sample) fill(w *world, activity bool) {
	s.p = w.layout.columns()
	s.joint, s.products = w.layout.whole(joint), [2]int{w.layout.whole(wholes), s.p}
	if activity {
		s.p++
	}
	s.x = make([]float64, len(s.customer)*s.p)
	rows := make([][]int32, len(w.b.of))
	for i, c := range s.customer {
		rows[c] = append(rows[c], int32(i))
	}
	spread(len(rows), func(from, step int) {
		b := w.bench()
		for c := from; c < len(rows); c += step {
			if len(rows[c]) == 0 {
				continue
			}
			b.load(c)
			for _, i := range rows[c] {
				x := s.x[int(i)*s.p : int(i+1)*s.p]
				b.signals(int(s.title[i]), x)
				if activity {
					x[s.p-1] = math.Log1p(float64(len(w.b.of[c])))
				}
			}
		}
	})
}

// fit chooses weights, from a start or from zero. A plain sample has none of joint
// signals and products, whose weights would cost more than they tell where choices
// are few.
func (s *sample) fit(prior float64, start []float64) (weights []float64, converged bool) {
	weights, _, converged = s.choose(prior, start)
	for column := range weights {
		if s.plain && s.isExtra(column) {
			weights[column] = 0
		}
	}
	return weights, converged
}

// choose fits the conditional logit (McFadden 1974) of what was taken among
// what was there: it maximises the sum over groups of m^(power-1) times the sum
// over the m taken of log softmax(w·x), minus half the precision times w² of each weight, by Newton steps that
// are halved until the likelihood rises, from a start or from zero. Sums are taken in blocks of fixed size, so that the cores do not change the
// result.
func (s *sample) choose(prior float64, start []float64) (weights []float64, value float64, converged bool) {
	w, trial := make([]float64, s.p), make([]float64, s.p)
	copy(w, start)
	l, g, h := s.slopes(w, prior)
	for range 40 {
		var step mat.VecDense
		var chol mat.Cholesky
		if !chol.Factorize(h) || chol.SolveVecTo(&step, g) != nil {
			return w, l, false
		}
		share, rose := 1., false
		for range 12 {
			for j := range w {
				trial[j] = w[j] + share*step.AtVec(j)
			}
			if lt, gt, ht := s.slopes(trial, prior); lt > l {
				gain := lt - l
				copy(w, trial)
				l, g, h, rose = lt, gt, ht, gain > leastRise*math.Abs(l)
				break
			}
			share /= 2
		}
		if !rose {
			return w, l, true
		}
	}
	return w, l, false
}

// leastRise of the likelihood, as a share of it, for another Newton step: digits
// beyond change no ranking.
const leastRise = 1e-6

// blocks is the number of partial sums.
const blocks = 32

func (s *sample) slopes(w []float64, prior float64) (float64, *mat.VecDense, *mat.SymDense) {
	p, n := s.p, len(s.taken)
	type part struct {
		l    float64
		g, h []float64
	}
	parts := make([]part, blocks)
	spread(blocks, func(from, step int) {
		for b := from; b < blocks; b += step {
			q, in := part{g: make([]float64, p), h: make([]float64, p*p)}, &information{p: p}
			for i := n * b / blocks; i < n*(b+1)/blocks; i++ {
				q.l += s.slope(i, w, q.g, q.h, in)
			}
			parts[b] = q
		}
	})
	l, g, h := 0., mat.NewVecDense(p, nil), mat.NewSymDense(p, nil)
	for _, q := range parts {
		l += q.l
		for a := range p {
			g.SetVec(a, g.AtVec(a)+q.g[a])
			for c := a; c < p; c++ {
				h.SetSym(a, c, h.At(a, c)+q.h[a*p+c])
			}
		}
	}
	for a, v := range w {
		own := s.precision(a, prior)
		l -= own / 2 * v * v
		g.SetVec(a, g.AtVec(a)-own*v)
		h.SetSym(a, a, h.At(a, a)+own)
	}
	return l, g, h
}

// slope adds one group's gradient and information, and returns its likelihood.
func (s *sample) slope(i int, w, g, h []float64, in *information) float64 {
	p := s.p
	x := s.x[int(s.start[i])*p : int(s.start[i+1])*p]
	rows, taken := len(x)/p, int(s.taken[i])
	e := make([]float64, rows)
	top := math.Inf(-1)
	for r := range e {
		for j, v := range x[r*p : (r+1)*p] {
			e[r] += w[j] * v
		}
		top = max(top, e[r])
	}
	l, z := 0., 0.
	for r := range e {
		if r < taken {
			l += e[r] - top
		}
		e[r] = math.Exp(e[r] - top)
		z += e[r]
	}
	m := float64(taken)
	weight := math.Pow(m, s.power)
	mean := make([]float64, p)
	for r, v := range e {
		for j, xj := range x[r*p : (r+1)*p] {
			mean[j] += v / z * xj
		}
	}
	for r, v := range e {
		e[r] = v * weight / z
	}
	in.add(x, mean, e, h)
	for r := range taken {
		for j, xj := range x[r*p : (r+1)*p] {
			g[j] += weight / m * (xj - mean[j])
		}
	}
	return weight * (l/m - math.Log(z))
}

// information adds up Σ v·d·dᵀ over the rows of a group, in panels of single
// precision, which the few rows of one group bear; groups are added in double.
type information struct {
	p                int
	left, right, sum []float32
}

// add adds a group to the upper triangle of h: x are its rows, mean what is taken
// off each and v their weights.
func (in *information) add(x, mean, v, h []float64) {
	p, rows := in.p, len(v)
	high, wide := (p+dense.Rows-1)/dense.Rows, (p+dense.Columns-1)/dense.Columns
	stride := wide * dense.Columns
	in.left, in.right = grown(in.left, high*dense.Rows*rows), grown(in.right, stride*rows)
	in.sum = grown(in.sum, high*dense.Rows*stride)
	clear(in.sum)
	for r, weight := range v {
		for j, xj := range x[r*p : (r+1)*p] {
			d := float32(xj - mean[j])
			in.right[j/dense.Columns*dense.Columns*rows+r*dense.Columns+j%dense.Columns] = d
			in.left[j/dense.Rows*dense.Rows*rows+r*dense.Rows+j%dense.Rows] = float32(weight) * d
		}
	}
	for i := range high {
		for j := i * dense.Rows / dense.Columns; j < wide; j++ {
			dense.Tile(rows, in.left[i*dense.Rows*rows:], in.right[j*dense.Columns*rows:], in.sum[i*dense.Rows*stride+j*dense.Columns:], stride)
		}
	}
	for a := range p {
		for c := a; c < p; c++ {
			h[a*p+c] += float64(in.sum[a*stride+c])
		}
	}
}

// grown is room for n values. What stands beyond the columns of a panel only
// reaches sums that nobody reads.
func grown(room []float32, n int) []float32 {
	if cap(room) < n {
		return make([]float32, n)
	}
	return room[:n]
}
