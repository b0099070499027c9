package propensity

import "math"

// symmetric is a symmetric matrix, row by row; only the lower half is read.
type symmetric struct {
	n    int
	data []float64
}

func newSymmetric(n int) *symmetric { return &symmetric{n: n, data: make([]float64, n*n)} }

func (s *symmetric) row(i int) []float64 { return s.data[i*s.n : (i+1)*s.n] }

// dependent is how small a pivot may be against its diagonal before its column
// counts as a combination of the ones before it.
const dependent = 1e-10

// cholesky is the lower factor L with L·Lᵀ = s. bad is the first column that is
// a combination of those before it, or −1.
func (s *symmetric) cholesky() (l *symmetric, bad int) {
	l = newSymmetric(s.n)
	for i := range s.n {
		a, li := s.row(i), l.row(i)
		for j := 0; j <= i; j++ {
			lj := l.row(j)
			v := a[j]
			for k := range j {
				v -= li[k] * lj[k]
			}
			if j < i {
				li[j] = v / lj[j]
				continue
			}
			if !(v > dependent*a[i]) {
				return nil, i
			}
			li[i] = math.Sqrt(v)
		}
	}
	return l, -1
}

// solve is x of L·Lᵀ·x = b.
func (s *symmetric) solve(b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range s.n {
		row := s.row(i)
		for k := range i {
			x[i] -= row[k] * x[k]
		}
		x[i] /= row[i]
	}
	for i := s.n - 1; i >= 0; i-- {
		x[i] /= s.data[i*s.n+i]
		for k := range i {
			x[k] -= s.data[i*s.n+k] * x[i]
		}
	}
	return x
}

// inverseDiagonal is the diagonal of (L·Lᵀ)⁻¹.
func (s *symmetric) inverseDiagonal() []float64 {
	out := make([]float64, s.n)
	x := make([]float64, s.n)
	for j := range s.n { // column j of L⁻¹
		clear(x)
		x[j] = 1 / s.data[j*s.n+j]
		out[j] += x[j] * x[j]
		for i := j + 1; i < s.n; i++ {
			row := s.row(i)
			v := 0.0
			for k := j; k < i; k++ {
				v -= row[k] * x[k]
			}
			x[i] = v / row[i]
			out[j] += x[i] * x[i]
		}
	}
	return out
}
