package clv

import (
	"math"
	"runtime"
	"sync"
)

// point is one parameter vector of a model, of which NBD uses two elements.
type point struct{ v, log [4]float64 }

// sums collects a log-likelihood and its derivatives in the logarithms of the
// parameters; the Hessian is its upper triangle row by row.
type sums struct {
	ll float64
	g  [4]float64
	h  [10]float64
}

// at is the place of element (i, j), i ≤ j, in the triangle.
func at(i, j int) int { return i*(7-i)/2 + j }

func (s *sums) add(o *sums) {
	s.ll += o.ll
	for i, v := range o.g {
		s.g[i] += v
	}
	for i, v := range o.h {
		s.h[i] += v
	}
}

// mix adds w · ln(exp(p.ll) + exp(q.ll)), two ways in which a customer can have
// come about, each given with its derivatives.
func (s *sums) mix(w float64, p, q *sums) {
	d := q.ll - p.ll
	var wq float64
	if d > 0 {
		e := math.Exp(-d)
		wq = 1 / (1 + e)
		s.ll += w * (q.ll + math.Log1p(e))
	} else {
		e := math.Exp(d)
		wq = e / (1 + e)
		s.ll += w * (p.ll + math.Log1p(e))
	}
	wp := 1 - wq
	k := 0
	for i := range 4 {
		di := q.g[i] - p.g[i]
		s.g[i] += w * (wp*p.g[i] + wq*q.g[i])
		for j := i; j < 4; j++ {
			s.h[k] += w * (wp*p.h[k] + wq*q.h[k] + wp*wq*di*(q.g[j]-p.g[j]))
			k++
		}
	}
}

// kernel is the likelihood of a model: what depends on x alone, which is
// evaluated once a cell, and the rest, once a row.
type kernel interface {
	cell(p *point, x, w float64, s *sums)
	row(p *point, x, w float64, early, late *moment, s *sums)
}

// moment is a time of the table with what every row at it shares: ln(alpha+t)
// and alpha/(alpha+t).
type moment struct{ t, log, share float64 }

func (p *point) moment(t float64) moment {
	return moment{t, math.Log(p.v[1] + t), p.v[1] / (p.v[1] + t)}
}

func kernelOf(k Kind) kernel {
	switch k {
	case BGNBD:
		return betaGeometric{0}
	case MBGNBD:
		return betaGeometric{1}
	case ParetoNBD:
		return paretoKernel{}
	default:
		return poissonGamma{}
	}
}

// design says how the parameters of a covariate pattern follow from theta: the
// logarithms of the base parameters, then the effects. Every one is linear, so
// that derivatives carry over by the chain rule alone.
type design struct {
	base    int
	effects []effect
}

// effect adds sign · theta · z[column] to the logarithm of a base parameter.
type effect struct {
	parameter int
	sign      float64
	dropout   bool // a covariate of dropout, not of purchases
	column    int
}

func (e effect) value(b *block) float64 {
	if e.dropout {
		return b.dropout[e.column]
	}
	return b.purchase[e.column]
}

// newDesign follows Fader & Hardie (2007), "Incorporating time-invariant
// covariates into the Pareto/NBD and BG/NBD models": alpha·exp(−γ'z); for
// Pareto/NBD beta·exp(−γ'z); for BG/NBD and MBG/NBD a·exp(γ'z) and b·exp(γ'z)
// with effects of their own.
func newDesign(k Kind, purchase, dropout int) design {
	d := design{base: len(kinds[k].parameters)}
	for c := range purchase {
		d.effects = append(d.effects, effect{1, -1, false, c})
	}
	switch k {
	case ParetoNBD:
		for c := range dropout {
			d.effects = append(d.effects, effect{3, -1, true, c})
		}
	case BGNBD, MBGNBD:
		for _, parameter := range []int{2, 3} {
			for c := range dropout {
				d.effects = append(d.effects, effect{parameter, 1, true, c})
			}
		}
	}
	return d
}

// point is the parameters of a block.
func (d design) point(theta []float64, b *block) point {
	var p point
	copy(p.log[:], theta[:d.base])
	for i, e := range d.effects {
		p.log[e.parameter] += e.sign * theta[d.base+i] * e.value(b)
	}
	for i := range d.base {
		p.v[i] = math.Exp(p.log[i])
	}
	return p
}

// carry adds the derivatives of a block to those in theta.
func (d design) carry(s *sums, b *block, gradient, hessian []float64) {
	n := d.base + len(d.effects)
	of := func(i int) (parameter int, factor float64) {
		if i < d.base {
			return i, 1
		}
		e := d.effects[i-d.base]
		return e.parameter, e.sign * e.value(b)
	}
	for i := range n {
		pi, fi := of(i)
		gradient[i] += fi * s.g[pi]
		for j := range n {
			pj, fj := of(j)
			hessian[i*n+j] += fi * fj * s.h[at(min(pi, pj), max(pi, pj))]
		}
	}
}

// chunkRows is the work of one goroutine at a time, some 0.1 ms of it. Sums are
// taken per chunk and then in order, so that the result does not depend on the
// number of cores.
func chunkRows(k Kind) int {
	if k == ParetoNBD {
		return 256
	}
	return 2048
}

type chunk struct{ block, from, to int }

// newObjective is the log-likelihood of a table under a model in continuous time.
func newObjective(t *table, k Kind, d design) objective {
	kern := kernelOf(k)
	var chunks []chunk
	size := chunkRows(k)
	for i, b := range t.blocks {
		for from := b.from; from < b.to; from += size {
			chunks = append(chunks, chunk{i, from, min(from+size, b.to)})
		}
	}
	parts := make([]sums, len(chunks))
	moments := make([][]moment, len(t.blocks))
	for i, b := range t.blocks {
		moments[i] = make([]moment, len(b.times))
	}
	points := make([]point, len(t.blocks))
	return func(theta, gradient, hessian []float64) float64 {
		for i := range t.blocks {
			points[i] = d.point(theta, &t.blocks[i])
			for j, time := range t.blocks[i].times {
				moments[i][j] = points[i].moment(time)
			}
		}
		inParallel(len(chunks), func(c int) {
			var s sums
			ch := chunks[c]
			b := &t.blocks[ch.block]
			p := &points[ch.block]
			if ch.from == b.from {
				for _, cell := range b.cells {
					kern.cell(p, cell.x, cell.w, &s)
				}
			}
			for i := ch.from; i < ch.to; i++ {
				kern.row(p, t.x[i], t.w[i], &moments[ch.block][t.early[i]], &moments[ch.block][t.late[i]], &s)
			}
			parts[c] = s
		})
		clear(gradient)
		clear(hessian)
		var ll float64
		for c := 0; c < len(chunks); {
			b := chunks[c].block
			var s sums
			for ; c < len(chunks) && chunks[c].block == b; c++ {
				s.add(&parts[c])
			}
			ll += s.ll
			d.carry(&s, &t.blocks[b], gradient, hessian)
		}
		return ll
	}
}

// inParallel runs do(0) … do(n−1) on as many goroutines as there are cores;
// each writes to its own place.
func inParallel(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			for i := k; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}

// poissonGamma is the NBD: parameters r, alpha.
type poissonGamma struct{}

func (poissonGamma) cell(p *point, x, w float64, s *sums) { gammaCell(p, x, w, s) }

func (poissonGamma) row(p *point, x, w float64, _, late *moment, s *sums) {
	r, n := p.v[0], p.v[0]+x
	s.ll -= w * n * late.log
	s.g[0] -= w * r * late.log
	s.g[1] -= w * n * late.share
	s.h[0] -= w * r * late.log
	s.h[1] -= w * r * late.share
	s.h[at(1, 1)] -= w * n * late.share * (1 - late.share)
}

// gammaCell adds ln Γ(r+x) − ln Γ(r) + r·ln alpha.
func gammaCell(p *point, x, w float64, s *sums) {
	r := p.v[0]
	value, first, second := rising(r, x)
	f := first + p.log[1]
	s.ll += w * (value + r*p.log[1])
	s.g[0] += w * r * f
	s.g[1] += w * r
	s.h[0] += w * (r*f + r*r*second)
	s.h[1] += w * r
}

// poissonTerm sets ln (alpha+t)^−(r+x) in the elements of r and alpha.
func poissonTerm(p *point, x float64, m *moment, s *sums) {
	r := p.v[0]
	s.ll = -(r + x) * m.log
	s.g[0] = -r * m.log
	s.g[1] = -(r + x) * m.share
	s.h[0] = -r * m.log
	s.h[1] = -r * m.share
	s.h[at(1, 1)] = -(r + x) * m.share * (1 - m.share)
}

// betaGeometric is BG/NBD (first = 0) and MBG/NBD (first = 1, the number of
// chances to leave at the first purchase): parameters r, alpha, a, b.
type betaGeometric struct{ first float64 }

// cell adds the gamma part and ln B(a, b+k) − ln B(a, b) for the k purchases
// after which the customer stayed.
func (m betaGeometric) cell(p *point, x, w float64, s *sums) {
	gammaCell(p, x, w, s)
	a, b, k := p.v[2], p.v[3], x+m.first
	vb, fb, sb := rising(b, k)
	vc, fc, sc := rising(a+b, k)
	s.ll += w * (vb - vc)
	s.g[2] -= w * a * fc
	s.g[3] += w * b * (fb - fc)
	s.h[at(2, 2)] -= w * (a*fc + a*a*sc)
	s.h[at(2, 3)] -= w * a * b * sc
	s.h[at(3, 3)] += w * (b*(fb-fc) + b*b*(sb-sc))
}

// row adds ln of: alive at T, or left right after the last purchase.
func (m betaGeometric) row(p *point, x, w float64, early, late *moment, s *sums) {
	b, k := p.v[3], x+m.first
	if k == 0 {
		poissonGamma{}.row(p, x, w, early, late, s)
		return
	}
	var alive, left sums
	poissonTerm(p, x, late, &alive)
	poissonTerm(p, x, early, &left)
	share := b / (b + k - 1)
	left.ll += p.log[2] - math.Log(b+k-1)
	left.g[2] = 1
	left.g[3] = -share
	left.h[at(3, 3)] = -share * (1 - share)
	s.mix(w, &alive, &left)
}
