package metric

import "math"

// LogFisherGreater is the natural logarithm of Fisher's one-sided exact
// probability that at least both of n units have two marks, when a of them have
// the first, c the second, and the marks are independent: the upper tail of the
// hypergeometric distribution. A logarithm, because probabilities of strong
// associations fall below the smallest float64. Counts that no table can have
// give NaN.
//
// The point probability is taken by saddle-point expansion (Loader 2000, "Fast
// and accurate computation of binomial probabilities"), whose relative error
// stays near 1e-14 for any n; the tail is summed by the ratio of neighbours.
func LogFisherGreater(n, a, c, both int) float64 {
	low, high := max(0, a+c-n), min(a, c)
	if n < 1 || a < 0 || c < 0 || a > n || c > n || both < low || both > high {
		return math.NaN()
	}
	if both == low {
		return 0
	}
	if float64(both) > float64(a)*float64(c)/float64(n) {
		return min(0, logHypergeometric(n, a, c, both)+math.Log(hypergeometricTail(n, a, c, both, +1)))
	}
	below := logHypergeometric(n, a, c, both-1) + math.Log(hypergeometricTail(n, a, c, both-1, -1))
	return math.Log1p(-math.Exp(min(0, below)))
}

// hypergeometricTail is the probability of x and all beyond it in the given
// direction, away from the mean, divided by the probability of x.
func hypergeometricTail(n, a, c, x, direction int) float64 {
	sum, term := 1.0, 1.0
	for {
		var num, den float64
		if direction > 0 {
			num = float64(a-x) * float64(c-x)
			den = float64(x+1) * float64(n-a-c+x+1)
		} else {
			num = float64(x) * float64(n-a-c+x)
			den = float64(a-x+1) * float64(c-x+1)
		}
		term *= num / den
		sum += term
		if term < 1e-17*sum {
			return sum
		}
		x += direction
	}
}

// logHypergeometric is the log probability that x of c units drawn from n, a of
// which are marked, are marked: a product of two binomials over a third, all
// with the success rate c/n.
func logHypergeometric(n, a, c, x int) float64 {
	p, q := float64(c)/float64(n), float64(n-c)/float64(n)
	return logBinomial(x, a, p, q) + logBinomial(c-x, n-a, p, q) - logBinomial(c, n, p, q)
}

// logBinomial is the log probability of x successes in n trials at rate
// p = 1 − q.
func logBinomial(x, n int, p, q float64) float64 {
	fx, fn := float64(x), float64(n)
	switch {
	case p == 0 || q == 0: // then x is the only possible number
		return 0
	case x == 0:
		return logPower(fn, q, p)
	case x == n:
		return logPower(fn, p, q)
	}
	l := stirlingError(fn) - stirlingError(fx) - stirlingError(fn-fx) - deviance(fx, fn*p) - deviance(fn-fx, fn*q)
	return l - 0.5*(math.Log(2*math.Pi)+math.Log(fx)+math.Log1p(-fx/fn))
}

// logPower is n·log(rate) where rate = 1 − rest.
func logPower(n, rate, rest float64) float64 {
	if rest < 0.1 {
		return n * math.Log1p(-rest)
	}
	return n * math.Log(rate)
}

// deviance is x·log(x/m) + m − x without the cancellation near x = m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) >= 0.1*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	v := (x - m) / (x + m)
	sum, term := (x-m)*v, 2*x*v
	for j := 3.0; ; j += 2 {
		term *= v * v
		next := sum + term/j
		if next == sum {
			return sum
		}
		sum = next
	}
}

// stirlingError is log n! minus Stirling's approximation of it, n ≥ 1.
func stirlingError(n float64) float64 {
	if n < 16 {
		l, _ := math.Lgamma(n + 1)
		return l - (n+0.5)*math.Log(n) + n - 0.5*math.Log(2*math.Pi)
	}
	r := 1 / (n * n)
	return (1.0/12 - (1.0/360-(1.0/1260-(1.0/1680-r/1188)*r)*r)*r) / n
}
