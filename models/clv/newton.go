package clv

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// objective is a log-likelihood with its gradient and its Hessian (dense, row by
// row), which it overwrites.
type objective func(theta, gradient, hessian []float64) float64

// box bounds every parameter; equal bounds hold it fixed.
type box struct{ low, high []float64 }

// optimum is where maximise ended.
type optimum struct {
	theta      []float64
	value      float64
	hessian    []float64
	iterations int
	converged  bool
}

const (
	maxIterations = 300
	maxRadius     = 4.0 // of a step in log-parameters along one direction: a factor of e⁴
	gainToStop    = 1e-9
)

// maximise climbs by Newton steps inside a trust region and a box. The Hessian's
// eigenvalues are taken by their size, and no step along an eigenvector is longer
// than the radius: it climbs out of saddles and follows ridges to the edge of
// the box rather than failing on them. It stops one full step after the
// predicted gain falls below gainToStop, so that parameters are exact to second
// order of that. A search that comes close to one of the known optima is not
// taken to its end: it would end there.
func maximise(f objective, start []float64, b box, known ...optimum) optimum {
	d := len(start)
	o := optimum{theta: make([]float64, d), hessian: make([]float64, d*d)}
	for i, v := range start {
		o.theta[i] = min(max(v, b.low[i]), b.high[i])
	}
	g, g2, h2, trial := make([]float64, d), make([]float64, d), make([]float64, d*d), make([]float64, d)
	o.value = f(o.theta, g, o.hessian)
	radius := 1.0
	for o.iterations = 1; o.iterations <= maxIterations; o.iterations++ {
		for _, k := range known {
			if near(o, k) {
				return k
			}
		}
		step, gain := newtonStep(o.theta, g, o.hessian, b, radius)
		length := 0.0
		for i, s := range step {
			trial[i] = min(max(o.theta[i]+s, b.low[i]), b.high[i])
			length = max(length, math.Abs(s))
		}
		if length == 0 {
			o.converged = true
			return o
		}
		value := f(trial, g2, h2)
		last := gain <= gainToStop
		if finite(value) && value >= o.value-1e-13*math.Abs(o.value) {
			ratio := (value - o.value) / gain
			copy(o.theta, trial)
			o.value = value
			g, g2 = g2, g
			o.hessian, h2 = h2, o.hessian
			if last {
				o.converged = true
				return o
			}
			switch {
			case ratio < 0.25:
				radius = max(length/2, 1e-8)
			case ratio > 0.75 && length > 0.5*radius:
				radius = min(2*radius, maxRadius)
			}
			continue
		}
		if last || length < 1e-9 {
			o.converged = gain < 1e-6
			return o
		}
		radius = length / 4
	}
	o.iterations = maxIterations
	return o
}

// near says that o lies within a fifth of every log-parameter of the optimum k,
// and within half a unit of its likelihood.
func near(o, k optimum) bool {
	if math.Abs(k.value-o.value) > 0.5 {
		return false
	}
	for i, v := range o.theta {
		if math.Abs(v-k.theta[i]) > 0.2 {
			return false
		}
	}
	return true
}

// newtonStep is the step that maximises the quadratic model within the box, and
// the gain the model predicts. Elements on an edge that the gradient pushes
// against stay; those whose step would leave the box go to its edge, and the
// others are solved again.
func newtonStep(theta, g, hessian []float64, b box, radius float64) (step []float64, gain float64) {
	d := len(theta)
	step = make([]float64, d)
	var free []int
	for i := range theta {
		atLow, atHigh := theta[i] <= b.low[i], theta[i] >= b.high[i]
		if !(atLow && atHigh) && !(atLow && g[i] <= 0) && !(atHigh && g[i] >= 0) {
			free = append(free, i)
		}
	}
	if len(free) == 0 {
		return step, 0
	}
	model := curvature(g, hessian, free, d, radius)
	within := make([]int, len(free)) // places in free that are not yet at an edge
	for i := range within {
		within[i] = i
	}
	for len(within) > 0 {
		if !solveWithin(step, g, model, free, within) {
			return make([]float64, d), 0
		}
		inside := within[:0:0]
		for _, i := range within {
			fi := free[i]
			if v := theta[fi] + step[fi]; v < b.low[fi] || v > b.high[fi] {
				step[fi] = min(max(v, b.low[fi]), b.high[fi]) - theta[fi]
				continue
			}
			inside = append(inside, i)
		}
		if len(inside) == len(within) {
			break
		}
		within = inside
	}
	for i, fi := range free {
		gain += g[fi] * step[fi]
		for j, fj := range free {
			gain -= 0.5 * step[fi] * step[fj] * model.At(i, j)
		}
	}
	return step, gain
}

// curvature is the positive definite model of −Hessian over the free elements.
func curvature(g, hessian []float64, free []int, d int, radius float64) *mat.SymDense {
	n := len(free)
	sym := mat.NewSymDense(n, nil)
	for i, fi := range free {
		for j := i; j < n; j++ {
			sym.SetSym(i, j, -hessian[fi*d+free[j]])
		}
	}
	var eigen mat.EigenSym
	values, vectors := make([]float64, n), mat.NewDense(n, n, nil)
	if eigen.Factorize(sym, true) {
		eigen.Values(values)
		eigen.VectorsTo(vectors)
	} else {
		for i := range n {
			vectors.Set(i, i, 1) // steepest ascent
		}
	}
	largest := max(math.Abs(values[0]), math.Abs(values[n-1]))
	model := mat.NewSymDense(n, nil)
	for k, lambda := range values {
		var along float64
		for i, fi := range free {
			along += vectors.At(i, k) * g[fi]
		}
		lambda = max(math.Abs(lambda), math.Abs(along)/radius, 1e-13*largest, 1e-200)
		for i := range n {
			for j := i; j < n; j++ {
				model.SetSym(i, j, model.At(i, j)+lambda*vectors.At(i, k)*vectors.At(j, k))
			}
		}
	}
	return model
}

// solveWithin sets the step of the elements within, given those of the others.
func solveWithin(step, g []float64, model *mat.SymDense, free, within []int) bool {
	n := len(within)
	part, right := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for _, wi := range within {
		step[free[wi]] = 0
	}
	for i, wi := range within {
		v := g[free[wi]]
		for j, fj := range free {
			v -= model.At(wi, j) * step[fj]
		}
		right.SetVec(i, v)
		for j := i; j < n; j++ {
			part.SetSym(i, j, model.At(wi, within[j]))
		}
	}
	var cholesky mat.Cholesky
	var solved mat.VecDense
	if !cholesky.Factorize(part) {
		return false
	}
	if err := cholesky.SolveVecTo(&solved, right); err != nil {
		var condition mat.Condition
		if !errors.As(err, &condition) { // an ill-conditioned step is still a step
			return false
		}
	}
	for i, wi := range within {
		step[free[wi]] = solved.AtVec(i)
	}
	return true
}
