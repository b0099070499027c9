package propensity

import (
	"fmt"
	"math"
)

// newton fits the coefficients b, the intercept first.
type newton struct {
	s     Sample
	e     *encoder
	d     *design
	o     LogisticOptions
	l1    []float64 // penalties by coefficient; the intercept has none
	l2    []float64
	every int // rows taken: 1 all, 16 each sixteenth
	b     []float64
	loss  float64 // −log-likelihood at b
	grad  []float64
	info  *symmetric // second derivatives, without the penalty
}

func newNewton(s Sample, e *encoder, o LogisticOptions) *newton {
	n := 1 + len(e.terms)
	f := &newton{s: s, e: e, d: e.design(s.X), o: o, every: 1, b: make([]float64, n), l1: make([]float64, n), l2: make([]float64, n)}
	for k, t := range e.terms {
		factor := 1.0
		if v, ok := o.Factor[t.Feature]; ok {
			factor = v
		}
		f.l1[k+1], f.l2[k+1] = factor*o.L1, factor*o.L2
	}
	return f
}

// null sets the intercept to the base rate; it returns the total weight and the
// log-likelihood there.
func (f *newton) null() (weight, logLik float64) {
	var ones float64
	for i, y := range f.s.Y {
		weight += f.s.weight(i)
		ones += f.s.weight(i) * y
	}
	rate := ones / weight
	f.b[0] = math.Log(rate / (1 - rate))
	return weight, ones*math.Log(rate) + (weight-ones)*math.Log1p(-rate)
}

// parts is how many sums over rows are taken side by side and then added up in
// order: a fixed number, so that the result does not depend on the cores.
const parts = 16

// derivatives computes loss, gradient and information at b.
func (f *newton) derivatives() {
	n := len(f.b)
	loss, grads, infos := make([]float64, parts), make([][]float64, parts), make([]*symmetric, parts)
	each(parts, workersOr(f.o.Workers), func(_, p int) {
		g, h := make([]float64, n), newSymmetric(n)
		for i := f.d.rows * p / parts; i < f.d.rows*(p+1)/parts; i += f.every {
			m, w := f.d.dot(i, f.b), f.s.weight(i)
			q := sigmoid(m)
			loss[p] += w * softplus(m*(1-2*f.s.Y[i]))
			dm, dd := w*(q-f.s.Y[i]), w*q*(1-q)
			g[0] += dm
			h.data[0] += dd
			at, value := f.d.row(i)
			for k, j := range at {
				g[j] += dm * value[k]
				v := dd * value[k]
				row := h.row(int(j))
				row[0] += v
				for l := 0; l <= k; l++ {
					row[at[l]] += v * value[l]
				}
			}
		}
		grads[p], infos[p] = g, h
	})
	f.loss, f.grad, f.info = 0, make([]float64, n), newSymmetric(n)
	for p := range parts {
		f.loss += loss[p]
		for j, v := range grads[p] {
			f.grad[j] += v
		}
		for j, v := range infos[p].data {
			f.info.data[j] += v
		}
	}
}

// objective is the penalised loss at b, without derivatives.
func (f *newton) objective(b []float64) float64 {
	loss := make([]float64, parts)
	each(parts, workersOr(f.o.Workers), func(_, p int) {
		for i := f.d.rows * p / parts; i < f.d.rows*(p+1)/parts; i += f.every {
			loss[p] += f.s.weight(i) * softplus(f.d.dot(i, b)*(1-2*f.s.Y[i]))
		}
	})
	total := f.penalty(b)
	for _, v := range loss {
		total += v
	}
	return total
}

func (f *newton) penalty(b []float64) float64 {
	var total float64
	for j, v := range b {
		total += f.l2[j]/2*v*v + f.l1[j]*math.Abs(v)
	}
	return total
}

// manyRows is where steps on a part of the rows save more than they cost.
const manyRows = 100_000

// warm starts from the fit of each sixteenth row when rows are many: that is
// close, so that few steps on all rows remain. A part that cannot be fitted
// leaves the start at the base rate.
func (f *newton) warm() {
	if f.d.rows < manyRows {
		return
	}
	start := append([]float64(nil), f.b...)
	f.every = 16
	if err := f.run(&Logistic{}); err != nil {
		copy(f.b, start)
	}
	f.every = 1
}

// run takes Newton steps until the expected improvement is negligible.
func (f *newton) run(m *Logistic) error {
	for m.Iterations = 1; ; m.Iterations++ {
		f.derivatives()
		here := f.loss + f.penalty(f.b)
		step, gain, err := f.step()
		if err != nil {
			return err
		}
		if gain <= 1e-10*(1+math.Abs(here)) {
			m.Converged = true
			return nil
		}
		if m.Iterations == f.o.Iterations {
			return nil
		}
		next := make([]float64, len(f.b))
		improved := false
		for size := 1.0; size > 1e-10; size /= 2 {
			for j := range next {
				next[j] = f.b[j] + size*step[j]
			}
			if f.objective(next) <= here-1e-4*size*gain {
				improved = true
				break
			}
		}
		if !improved { // rounding is all that is left
			m.Converged = gain <= 1e-6*(1+math.Abs(here))
			return nil
		}
		copy(f.b, next)
	}
}

// step is the Newton step and the improvement it promises.
func (f *newton) step() (step []float64, gain float64, err error) {
	n := len(f.b)
	h := newSymmetric(n)
	copy(h.data, f.info.data)
	g := append([]float64(nil), f.grad...)
	for j := range n {
		h.data[j*n+j] += f.l2[j]
		g[j] += f.l2[j] * f.b[j]
	}
	if f.o.L1 > 0 {
		step = f.descend(h, g)
	} else {
		l, bad := h.cholesky()
		if bad >= 0 {
			return nil, 0, f.singular(bad)
		}
		step = l.solve(g)
		for j := range step {
			step[j] = -step[j]
		}
	}
	for j, d := range step {
		gain -= g[j] * d
		gain += f.l1[j] * (math.Abs(f.b[j]) - math.Abs(f.b[j]+d))
	}
	return step, gain, nil
}

// singular says why the information has no inverse at column bad.
func (f *newton) singular(bad int) error {
	n := len(f.b)
	if f.info.data[bad*n+bad] < separatedInfo {
		return ErrSeparated
	}
	if bad == 0 {
		return ErrCollinear
	}
	return fmt.Errorf("%w: %s", ErrCollinear, f.e.terms[bad-1].name())
}

// descend minimises g·d + d·h·d/2 + λ·|b+d| by coordinates.
func (f *newton) descend(h *symmetric, g []float64) []float64 {
	n := len(g)
	for i := range n { // the whole matrix is read below
		for j := i + 1; j < n; j++ {
			h.data[i*n+j] = h.data[j*n+i]
		}
	}
	d, slope := make([]float64, n), append([]float64(nil), g...) // slope = g + h·d
	for range 10000 {
		largest := 0.0
		for j := range d {
			row := h.row(j)
			if row[j] <= 0 {
				continue
			}
			to := softThreshold(f.b[j]+d[j]-slope[j]/row[j], f.l1[j]/row[j])
			move := to - f.b[j] - d[j]
			if move == 0 {
				continue
			}
			d[j] += move
			for k, v := range row {
				slope[k] += v * move
			}
			largest = max(largest, move*move*row[j])
		}
		if largest < 1e-16*(1+f.loss) {
			break
		}
	}
	return d
}

func softThreshold(x, by float64) float64 {
	switch {
	case x > by:
		return x - by
	case x < -by:
		return x + by
	}
	return 0
}

// separatedInfo is less information than one row gives unless its outcome is
// all but certain. A maximum of the likelihood has more about every term.
const separatedInfo = 1e-3

// standardErrors are those of the coefficients; terms that the L1 penalty put to
// 0 have none. The evidence is that of Logistic.
func (f *newton) standardErrors() (se []float64, evidence float64, err error) {
	n := len(f.b)
	kept := []int{0}
	for j := 1; j < n; j++ {
		if f.l1[j] == 0 || f.b[j] != 0 {
			kept = append(kept, j)
		}
	}
	h := newSymmetric(len(kept))
	for a, i := range kept {
		for b, j := range kept[:a+1] {
			h.row(a)[b] = f.info.row(i)[j]
		}
		h.row(a)[a] += f.l2[i]
	}
	l, bad := h.cholesky()
	if bad >= 0 {
		return nil, 0, f.singular(kept[bad])
	}
	if f.o.L1 == 0 && !f.o.NoPenalty {
		evidence = -f.loss - f.penalty(f.b)
		for j := range n {
			evidence -= math.Log(l.data[j*n+j])
			if f.l2[j] > 0 {
				evidence += math.Log(f.l2[j]) / 2
			}
		}
	}
	se = make([]float64, n)
	for a, v := range l.inverseDiagonal() {
		if j := kept[a]; f.o.NoPenalty && v > 1/separatedInfo {
			if j == 0 {
				return nil, 0, ErrSeparated
			}
			return nil, 0, fmt.Errorf("%w: most of all %s", ErrSeparated, f.e.terms[j-1].name())
		}
		se[kept[a]] = math.Sqrt(v)
	}
	return se, evidence, nil
}
