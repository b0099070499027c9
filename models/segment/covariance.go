package segment

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Covariance is the shape that components of a mixture may take.
type Covariance string

// The shapes: Diagonal has axes along the features, Full any, Tied any but the
// same for all components.
const (
	Diagonal Covariance = "diagonal"
	Full     Covariance = "full"
	Tied     Covariance = "tied"
)

// parameters is the number of free parameters of k components in d dimensions.
func (c Covariance) parameters(k, d int) int {
	own := d
	if c != Diagonal {
		own = d * (d + 1) / 2
	}
	if c != Tied {
		own *= k
	}
	return k - 1 + k*d + own
}

// size is the number of numbers one covariance takes: the diagonal, or the rows
// of the lower triangle.
func (c Covariance) size(d int) int {
	if c == Diagonal {
		return d
	}
	return d * (d + 1) / 2
}

// factor is a covariance ready for densities: the inverse of its Cholesky factor
// (lower triangle by rows; the diagonal alone when the covariance is diagonal)
// and half the logarithm of its determinant.
type factor struct {
	inverse []float64
	halfLog float64
}

// bounded raises the eigenvalues of a covariance to the floor and factors it.
// This is the maximum-likelihood covariance under that bound. at says which
// axes rest on the bound: features for a diagonal, the number of axes otherwise.
func bounded(c Covariance, d int, sigma []float64, floor float64) (f factor, at []bool, ok bool) {
	if c == Diagonal {
		f.inverse, at = make([]float64, d), make([]bool, d)
		for j, v := range sigma {
			if v <= floor {
				sigma[j], at[j] = floor, true
			}
			f.inverse[j] = 1 / math.Sqrt(sigma[j])
			f.halfLog += math.Log(sigma[j]) / 2
		}
		return f, at, true
	}
	s := symmetric(d, sigma)
	for j := range d { // above the bound when what remains after taking it away is positive
		s.SetSym(j, j, s.At(j, j)-floor)
	}
	var cholesky mat.Cholesky
	above := cholesky.Factorize(s)
	for j := range d {
		s.SetSym(j, j, s.At(j, j)+floor)
	}
	if !above {
		if at, ok = raise(s, floor); !ok {
			return f, nil, false
		}
		k := 0
		for i := range d {
			for j := range i + 1 {
				sigma[k] = s.At(i, j)
				k++
			}
		}
	}
	if !cholesky.Factorize(s) {
		return f, nil, false
	}
	f.halfLog = cholesky.LogDet() / 2
	var lower, inverse mat.TriDense
	cholesky.LTo(&lower)
	if err := inverse.InverseTri(&lower); err != nil {
		return f, nil, false
	}
	f.inverse = make([]float64, 0, c.size(d))
	for i := range d {
		for j := range i + 1 {
			f.inverse = append(f.inverse, inverse.At(i, j))
		}
	}
	return f, at, true
}

func symmetric(d int, lower []float64) *mat.SymDense {
	s, k := mat.NewSymDense(d, nil), 0
	for i := range d {
		for j := range i + 1 {
			s.SetSym(i, j, lower[k])
			k++
		}
	}
	return s
}

// raise lifts the eigenvalues of s to the floor; at has one true for each.
func raise(s *mat.SymDense, floor float64) (at []bool, ok bool) {
	d := s.SymmetricDim()
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
		return nil, false
	}
	values := eigen.Values(nil)
	at = make([]bool, d)
	for j, v := range values {
		if v <= floor {
			values[j], at[j] = floor, true
		}
	}
	var axes, scaled, whole mat.Dense
	eigen.VectorsTo(&axes)
	scaled.Mul(&axes, mat.NewDiagDense(d, values))
	whole.Mul(&scaled, axes.T())
	for i := range d {
		for j := range i + 1 {
			s.SetSym(i, j, (whole.At(i, j)+whole.At(j, i))/2)
		}
	}
	return at, true
}

// distance is the squared Mahalanobis distance of a deviation.
func (f factor) distance(deviation []float64) float64 {
	sum := 0.0
	if len(f.inverse) == len(deviation) {
		for j, v := range deviation {
			z := v * f.inverse[j]
			sum += z * z
		}
		return sum
	}
	k := 0
	for i := range deviation {
		z := 0.0
		for j, w := range f.inverse[k : k+i+1] {
			z += w * deviation[j]
		}
		sum += z * z
		k += i + 1
	}
	return sum
}
