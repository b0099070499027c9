package forecast

import "math"

// golden is the section of an interval the search keeps at each step.
const golden = 0.6180339887498949

// lineSearch finds a minimum of f on [lo, hi]: the best of grid+1 equally
// spaced points, then golden sections between its neighbours to a width of tol.
func lineSearch(f func(float64) float64, lo, hi float64, grid int, tol float64) (x, fx float64, evaluations int) {
	step := (hi - lo) / float64(grid)
	x, fx = lo, f(lo)
	for i := 1; i <= grid; i++ {
		at := lo + float64(i)*step
		if v := f(at); v < fx {
			x, fx = at, v
		}
	}
	evaluations = grid + 1
	a, b := math.Max(lo, x-step), math.Min(hi, x+step)
	c, d := b-golden*(b-a), a+golden*(b-a)
	fc, fd := f(c), f(d)
	evaluations += 2
	for b-a > tol {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - golden*(b-a)
			fc = f(c)
		} else {
			a, c, fc = c, d, fd
			d = a + golden*(b-a)
			fd = f(d)
		}
		evaluations++
	}
	for _, p := range [2][2]float64{{c, fc}, {d, fd}} {
		if p[1] < fx {
			x, fx = p[0], p[1]
		}
	}
	return x, fx, evaluations
}

// maxDim is the largest number of parameters simplex searches over.
const maxDim = 6

type point [maxDim]float64

// box bounds a search; every point tried is clipped into it.
type box struct {
	dim          int
	lo, hi, step point
}

func (b *box) clip(p *point) {
	for k := 0; k < b.dim; k++ {
		p[k] = math.Min(b.hi[k], math.Max(b.lo[k], p[k]))
	}
}

// found is where a search ended.
type found struct {
	at          point
	value       float64
	evaluations int
	converged   bool
}

// simplex minimises f in a box by the method of Nelder and Mead (1965), with
// points clipped into the box. It stops when the values at the corners differ
// by less than tol relative to the best, or after limit evaluations. It needs
// no memory from the heap, and the same start gives the same end.
func simplex(f func(*point) float64, start point, b *box, tol float64, limit int) found {
	n := b.dim
	var corner [maxDim + 1]point
	var value [maxDim + 1]float64
	b.clip(&start)
	for i := 0; i <= n; i++ {
		corner[i] = start
		if i > 0 {
			k := i - 1
			corner[i][k] += b.step[k]
			if corner[i][k] > b.hi[k] {
				corner[i][k] = math.Max(b.lo[k], start[k]-b.step[k])
			}
		}
		value[i] = f(&corner[i])
	}
	r := found{evaluations: n + 1}
	for {
		sortCorners(&corner, &value, n)
		r.converged = value[n]-value[0] <= tol*(math.Abs(value[0])+tol)
		if r.converged || r.evaluations >= limit {
			break
		}
		r.evaluations += improve(f, &corner, &value, b)
	}
	r.at, r.value = corner[0], value[0]
	return r
}

// improve replaces the worst corner, or draws all corners towards the best, and
// returns how often f was asked.
func improve(f func(*point) float64, corner *[maxDim + 1]point, value *[maxDim + 1]float64, b *box) int {
	n := b.dim
	var centre point
	for i := 0; i < n; i++ {
		for k := 0; k < n; k++ {
			centre[k] += corner[i][k] / float64(n)
		}
	}
	along := func(t float64) (p point, v float64) {
		p = corner[n]
		for k := 0; k < n; k++ {
			p[k] = centre[k] + t*(corner[n][k]-centre[k])
		}
		b.clip(&p)
		return p, f(&p)
	}
	p, v := along(-1)
	asked := 1
	switch {
	case v < value[0]:
		q, w := along(-2)
		asked++
		if w < v {
			p, v = q, w
		}
	case v < value[n-1]:
	default:
		t := 0.5
		if v < value[n] {
			t = -0.5
		}
		q, w := along(t)
		asked++
		if w >= math.Min(v, value[n]) {
			for i := 1; i <= n; i++ {
				for k := 0; k < n; k++ {
					corner[i][k] = (corner[i][k] + corner[0][k]) / 2
				}
				value[i] = f(&corner[i])
			}
			return asked + n
		}
		p, v = q, w
	}
	corner[n], value[n] = p, v
	return asked
}

// sortCorners puts the corners in ascending order of value; equal values keep
// their order.
func sortCorners(corner *[maxDim + 1]point, value *[maxDim + 1]float64, n int) {
	for i := 1; i <= n; i++ {
		for j := i; j > 0 && value[j] < value[j-1]; j-- {
			value[j], value[j-1] = value[j-1], value[j]
			corner[j], corner[j-1] = corner[j-1], corner[j]
		}
	}
}
