package clv

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// How an interval was found.
const (
	ByInformation = "information" // the observed information at the maximum, on the log scale
	ByProfile     = "profile"     // the likelihood maximised over all others, where the information is singular
	NoInterval    = "none"        // the parameter is on the edge of the search, or without meaning as no dropout was found
)

// Estimate is a parameter with its 95 % interval. Positive parameters have
// theirs on the log scale, so that it is not symmetric.
type Estimate struct {
	Name      string
	Value     float64
	SE        float64 // standard error of Value; 0 where Method is NoInterval
	Low, High float64 // 0 where Method is NoInterval; at most the edge of the search
	Method    string  // ByInformation, ByProfile or NoInterval
}

const (
	normal95 = 1.959963984540054
	// A standard error of a logarithm above this is no information: the
	// interval would be wider than a factor of 300 either way.
	largestLogSE = 3.0
)

// estimates gives every element of an optimum its interval; the first base of
// them are logarithms.
func estimates(f objective, o optimum, b box, names []string, base int) []Estimate {
	d := len(o.theta)
	se := informationSE(o, b)
	list := make([]Estimate, d)
	for i := range list {
		e := Estimate{Name: names[i], Value: back(o.theta[i], i < base), Method: NoInterval}
		switch {
		case o.theta[i] <= b.low[i]+1e-6 || o.theta[i] >= b.high[i]-1e-6:
		case se[i] > 0 && se[i] < largestLogSE:
			e.Method = ByInformation
			e.Low, e.High = back(o.theta[i]-normal95*se[i], i < base), back(o.theta[i]+normal95*se[i], i < base)
			e.SE = se[i]
			if i < base {
				e.SE *= e.Value
			}
		default:
			e.Method = ByProfile
			low, high := profile(f, o, b, i, -1), profile(f, o, b, i, 1)
			e.Low, e.High = back(low, i < base), back(high, i < base)
			e.SE = (high - low) / (2 * normal95)
			if i < base {
				e.SE *= e.Value
			}
		}
		list[i] = e
	}
	return list
}

func back(v float64, log bool) float64 {
	if log {
		return math.Exp(v)
	}
	return v
}

// informationSE inverts the observed information over the parameters that are
// inside the box; an element is 0 where it has none.
func informationSE(o optimum, b box) []float64 {
	d := len(o.theta)
	se := make([]float64, d)
	var free []int
	for i, v := range o.theta {
		if v > b.low[i]+1e-6 && v < b.high[i]-1e-6 {
			free = append(free, i)
		}
	}
	if len(free) == 0 {
		return se
	}
	information := mat.NewSymDense(len(free), nil)
	for i, fi := range free {
		for j := i; j < len(free); j++ {
			information.SetSym(i, j, -o.hessian[fi*d+free[j]])
		}
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(information) || cholesky.Cond() > 1e14 {
		return se
	}
	var inverse mat.SymDense
	if cholesky.InverseTo(&inverse) != nil {
		return se
	}
	for i, fi := range free {
		if v := inverse.At(i, i); v > 0 {
			se[fi] = math.Sqrt(v)
		}
	}
	return se
}

// profile walks element i away from the optimum until the likelihood,
// maximised over all others, is 1.92 lower (half the 95 % point of χ² with one
// degree of freedom), and bisects there, to a hundredth of the logarithm. It stops
// at the edge of the box.
func profile(f objective, o optimum, b box, i int, sign float64) float64 {
	edge := b.high[i]
	if sign < 0 {
		edge = b.low[i]
	}
	held := box{append([]float64(nil), b.low...), append([]float64(nil), b.high...)}
	start := append([]float64(nil), o.theta...)
	drop := func(v float64) float64 {
		held.low[i], held.high[i] = v, v
		x := maximise(f, start, held)
		copy(start, x.theta)
		return o.value - x.value
	}
	const limit = normal95 * normal95 / 2
	near := o.theta[i]
	var far float64
	for step := 0.5; ; step *= 2 {
		far = o.theta[i] + sign*step
		if sign*far >= sign*edge {
			far = edge
		}
		if drop(far) > limit {
			break
		}
		if near = far; far == edge {
			return edge
		}
	}
	for math.Abs(far-near) > 0.01 {
		middle := (near + far) / 2
		if drop(middle) > limit {
			far = middle
		} else {
			near = middle
		}
	}
	return (near + far) / 2
}
