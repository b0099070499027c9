package clv

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// rising is ln Γ(a+k) − ln Γ(a) with its first two derivatives in a, for a > 0
// and whole k ≥ 0. Small k are summed, which keeps all digits for tiny a.
func rising(a, k float64) (value, first, second float64) {
	if k <= 24 {
		product := 1.0
		for j := 0.0; j < k; j++ {
			inverse := 1 / (a + j)
			product *= a + j
			first += inverse
			second -= inverse * inverse
			if product > 1e200 || product < 1e-200 {
				value += math.Log(product)
				product = 1
			}
		}
		return value + math.Log(product), first, second
	}
	high, _ := math.Lgamma(a + k)
	low, _ := math.Lgamma(a)
	psiHigh, triHigh := polygamma(a + k)
	psiLow, triLow := polygamma(a)
	return high - low, psiHigh - psiLow, triHigh - triLow
}

// polygamma is the digamma and the trigamma function of x > 0: shifted to
// x ≥ 10 by their recurrences, then the asymptotic series (Abramowitz & Stegun
// 6.3.18, 6.4.12).
func polygamma(x float64) (psi, tri float64) {
	for x < 10 {
		inverse := 1 / x
		psi -= inverse
		tri += inverse * inverse
		x++
	}
	i := 1 / x
	s := i * i
	psi += math.Log(x) - i/2 - s*(1.0/12-s*(1.0/120-s*(1.0/252-s*(1.0/240-s*(1.0/132-s*691.0/32760)))))
	tri += i + s/2 + i*s*(1.0/6-s*(1.0/30-s*(1.0/42-s*(1.0/30-s*(5.0/66-s*691.0/2730)))))
	return psi, tri
}

// rule is a Gauss-Legendre rule on [−1, 1].
type rule struct{ x, w []float64 }

func legendre(n int) rule {
	r := rule{make([]float64, n), make([]float64, n)}
	quad.Legendre{}.FixedLocations(r.x, r.w, -1, 1)
	return r
}

var gauss16, gauss32 = legendre(16), legendre(32)

// TricomiU is the confluent hypergeometric function of the second kind
// U(a, b, z) for a > 0 and z > 0, by the trapezoidal rule on its integral
// 1/Γ(a) ∫ exp(−z·t) t^(a−1) (1+t)^(b−a−1) dt over t = exp(v) (Abramowitz &
// Stegun 13.2.5), which converges exponentially. Outside its domain, and where
// the result is too large for a float64, ok is false.
func TricomiU(a, b, z float64) (u float64, ok bool) {
	if !(a > 0) || !(z > 0) || !finite(a) || !finite(b) || !finite(z) {
		return 0, false
	}
	// The logarithm of the integrand has one maximum where z·t² + (z+1−b)·t = a
	// after multiplying by (1+t).
	c := z + 1 - b
	root := math.Sqrt(c*c + 4*z*a)
	t := (root - c) / (2 * z)
	if c > 0 {
		t = 2 * a / (root + c)
	}
	log := func(v float64) float64 {
		e := math.Exp(v)
		return a*v - z*e + (b-a-1)*log1pExp(v, e)
	}
	centre := math.Log(t)
	peak := log(centre)
	// Near the maximum the integrand is a bell of width 1/√curvature.
	curvature := z*t - (b-a-1)*t/((1+t)*(1+t))
	h := min(0.25, 0.5/math.Sqrt(max(curvature, 1e-3)))
	sum := 1.0
	for _, step := range []float64{h, -h} {
		for v := centre + step; ; v += step {
			term := math.Exp(log(v) - peak)
			sum += term
			if term < 1e-18*sum {
				break
			}
		}
	}
	gamma, _ := math.Lgamma(a)
	u = sum * h * math.Exp(peak-gamma)
	return u, finite(u)
}

// log1pExp is ln(1 + e) for e = exp(v), also where e overflows.
func log1pExp(v, e float64) float64 {
	if v > 40 {
		return v
	}
	return math.Log1p(e)
}

// betaMean is E[g(p)] for p from Beta(a, b), by the trapezoidal rule over the
// log-odds of p stretched by a hyperbolic sine. g may change where p is near 1/w
// or above; it is analytic away from negative p. The step follows from how near
// the stretched singularities, π beside the log-odds 0 and −ln(1+w), come to the
// real line.
func betaMean(a, b, w float64, g func(p float64) float64) float64 {
	centre := math.Log(a / b)
	width := math.Sqrt(1/a + 1/b)
	far := max(math.Abs(centre), math.Abs(centre+math.Log1p(w)))
	h := min(0.15, 0.35/math.Hypot(width, far))
	// logWeight is a·ln p + b·ln(1−p), beside p = 1/(1+exp(−v)).
	logWeight := func(v float64) (log, p float64) {
		e := math.Exp(-math.Abs(v))
		if v < 0 {
			return a*v - (a+b)*math.Log1p(e), e / (1 + e)
		}
		return -b*v - (a+b)*math.Log1p(e), 1 / (1 + e)
	}
	peak, p := logWeight(centre)
	mass, sum := width, width*g(p)
	for _, factor := range []float64{math.Exp(h), math.Exp(-h)} {
		for e := factor; ; e *= factor { // exp(u)
			log, p := logWeight(centre + width*(e-1/e)/2)
			weight := math.Exp(log-peak) * width * (e + 1/e) / 2
			if weight < 1e-18*mass {
				break
			}
			mass += weight
			sum += weight * g(p)
		}
	}
	return sum / mass
}

// forever is ∫ f(t) dt over t > 0 for an f that is proportional to t near 0 and
// decays as exp(−t/scale), by the trapezoidal rule over t = scale·exp(u − exp(−u)).
func forever(scale float64, f func(t float64) float64) float64 {
	const h = 0.25
	var sum float64
	for u := -2.5; u <= 3.75; u += h {
		e := math.Exp(-u)
		t := scale * math.Exp(u-e)
		sum += f(t) * t * (1 + e)
	}
	return sum * h
}
