package clv

import (
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
	maxRadius     = 4.0 // of a step in log-parameters: a factor of e⁴
	gainToStop    = 1e-9
)

// maximise climbs by Newton steps with the eigenvalues of the Hessian taken by
// their size, inside a trust region and a box. It follows ridges to the box
// rather than failing on them. It stops one full step after the predicted gain
// falls below gainToStop, so that parameters are exact to second order of that.
//
// A search that comes close to one of the known optima is not taken to its end: it would
// end there.
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
		step := newtonStep(o.theta, g, o.hessian, b, radius)
		length, gain := stepGain(step, g, o.hessian)
		if length == 0 {
			o.converged = true
			return o
		}
		for i := range trial {
			trial[i] = min(max(o.theta[i]+step[i], b.low[i]), b.high[i])
		}
		value := f(trial, g2, h2)
		last := gain <= gainToStop
		noise := 1e-13 * math.Abs(o.value)
		if value >= o.value-noise && finite(value) {
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
			case ratio > 0.75 && length > 0.9*radius:
				radius = min(2*radius, maxRadius)
			}
			continue
		}
		if last || length < 1e-9 {
			o.converged = last || gain < 1e-6
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

// newtonStep is the step in the free parameters, no longer than the radius.
func newtonStep(theta, g, hessian []float64, b box, radius float64) []float64 {
	d := len(theta)
	step := make([]float64, d)
	var free []int
	for i := range theta {
		atLow, atHigh := theta[i] <= b.low[i], theta[i] >= b.high[i]
		if !(atLow && atHigh) && !(atLow && g[i] <= 0) && !(atHigh && g[i] >= 0) {
			free = append(free, i)
		}
	}
	if len(free) == 0 {
		return step
	}
	n := len(free)
	sym := mat.NewSymDense(n, nil)
	for i, fi := range free {
		for j := i; j < n; j++ {
			sym.SetSym(i, j, -hessian[fi*d+free[j]])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(sym, true) {
		for _, fi := range free {
			step[fi] = g[fi]
		}
		return shorten(step, radius)
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	largest := max(math.Abs(values[0]), math.Abs(values[n-1]))
	for k, lambda := range values {
		var along float64
		for i, fi := range free {
			along += vectors.At(i, k) * g[fi]
		}
		along /= max(math.Abs(lambda), 1e-12*largest, 1e-300)
		for i, fi := range free {
			step[fi] += along * vectors.At(i, k)
		}
	}
	step = shorten(step, radius)
	for i := range step {
		step[i] = min(max(theta[i]+step[i], b.low[i]), b.high[i]) - theta[i]
	}
	return step
}

func shorten(step []float64, radius float64) []float64 {
	var sum float64
	for _, s := range step {
		sum += s * s
	}
	if length := math.Sqrt(sum); length > radius {
		for i := range step {
			step[i] *= radius / length
		}
	}
	return step
}

// stepGain is the length of a step and the gain its quadratic model predicts.
func stepGain(step, g, hessian []float64) (length, gain float64) {
	d := len(step)
	for i, s := range step {
		length += s * s
		gain += g[i] * s
		for j, t := range step {
			gain += 0.5 * s * t * hessian[i*d+j]
		}
	}
	return math.Sqrt(length), gain
}
