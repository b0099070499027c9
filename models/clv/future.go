package clv

import "math"

// gammaFuture buys for ever at a rate from Gamma(r, alpha): NBD.
type gammaFuture struct{ r, alpha float64 }

func (g gammaFuture) expected(t float64) float64 { return g.r / g.alpha * t }

func (g gammaFuture) some(t float64) float64 { return -math.Expm1(-g.r * math.Log1p(t/g.alpha)) }

func (g gammaFuture) probabilities(t float64, n int) []float64 {
	list := make([]float64, n+1)
	log, q := -g.r*math.Log1p(t/g.alpha), math.Log(t/(g.alpha+t))
	for k := range list {
		list[k] = math.Exp(log)
		log += math.Log((g.r+float64(k))/float64(k+1)) + q
	}
	return list
}

func (gammaFuture) survival(float64) float64 { return 1 }

func (gammaFuture) lifetime() (float64, bool) { return 0, false }

func (g gammaFuture) discounted(delta float64) float64 { return g.r / g.alpha / delta }

func (g gammaFuture) next(q float64) (float64, bool) {
	t := g.alpha * math.Expm1(-math.Log1p(-q)/g.r)
	return t, finite(t)
}

// betaFuture buys at a rate from Gamma(r, alpha) and leaves after a purchase
// with a probability from Beta(a, b): BG/NBD, and MBG/NBD of those alive.
type betaFuture struct{ r, alpha, a, b float64 }

// seriesFails says that the series in z takes too many terms, or too large ones,
// and the mean over the dropout probability is to be integrated.
func (f betaFuture) seriesFails(z float64) bool {
	return z > 0.95 || f.r > f.a+f.b+20 || f.a > 30
}

// expected is E[(1 − (1+p·t/alpha)^−r)/p] over the dropout probability p. It is
// Fader, Hardie & Lee's formula with 2F1(r, b; a+b−1; z), z = t/(alpha+t), after
// Euler's transformation, written such that neither a = 1 nor a+b = 1 is special.
func (f betaFuture) expected(t float64) float64 {
	if math.IsInf(t, 1) {
		return f.r / f.alpha * t
	}
	z := t / (f.alpha + t)
	c, e := f.a+f.b-1, f.a-1
	if f.seriesFails(z) {
		w := t / f.alpha
		limit := f.r * w
		return limit - f.a/(f.a+f.b)*betaMean(f.a+1, f.b, w*max(f.r, 1), func(p float64) float64 {
			return (limit + math.Expm1(-f.r*math.Log1p(p*w))/p) / p
		})
	}
	term := (c - f.r) * z
	sum := term
	for n := 1.0; n < 5000; n++ {
		term *= (c - f.r + n) * (e + n) / ((c + n) * (n + 1)) * z
		sum += term
		if math.Abs(term) <= 1e-16*math.Abs(sum) {
			break
		}
	}
	log := math.Log1p(-z)
	ratio := -log // (1 − (1−z)^e) / e
	if e != 0 {
		ratio = -math.Expm1(e*log) / e
	}
	return c*ratio - math.Exp(e*log)*sum
}

func (f betaFuture) some(t float64) float64 { return gammaFuture{f.r, f.alpha}.some(t) }

// probabilities follow Fader, Hardie & Lee (2005, eq. 8): n purchases and still
// there, or gone after the n-th while time was left for more.
func (f betaFuture) probabilities(t float64, n int) []float64 {
	list := gammaFuture{f.r, f.alpha}.probabilities(t, n)
	stayed, below := 1.0, 0.0
	for k := range list {
		count := list[k]
		x := float64(k)
		if k == 0 {
			below = count
			continue
		}
		left := stayed * f.a / (f.a + f.b + x - 1)
		stayed *= (f.b + x - 1) / (f.a + f.b + x - 1)
		list[k] = stayed*count + left*max(1-below, 0)
		below += count
	}
	return list
}

// survival is E[(1+p·t/alpha)^−r].
func (f betaFuture) survival(t float64) float64 {
	z := t / (f.alpha + t)
	if f.seriesFails(z) {
		w := t / f.alpha
		if f.a > 0.1 {
			return betaMean(f.a, f.b, w*max(f.r, 1), func(p float64) float64 { return math.Exp(-f.r * math.Log1p(p*w)) })
		}
		// A tiny a spreads over too many orders of p; as it tends to 0, so does
		// what is taken from 1.
		return 1 + f.a/(f.a+f.b)*betaMean(f.a+1, f.b, w*max(f.r, 1), func(p float64) float64 {
			return math.Expm1(-f.r*math.Log1p(p*w)) / p
		})
	}
	c := f.a + f.b
	term, sum := 1.0, 1.0
	for n := 0.0; n < 5000; n++ {
		term *= (c - f.r + n) * (f.a + n) / ((c + n) * (n + 1)) * z
		sum += term
		if math.Abs(term) <= 1e-16*math.Abs(sum) {
			break
		}
	}
	return math.Exp(f.a*math.Log1p(-z)) * sum
}

func (f betaFuture) lifetime() (float64, bool) {
	if f.r <= 1 || f.a <= 1 {
		return 0, false
	}
	return f.alpha / (f.r - 1) * (f.a + f.b - 1) / (f.a - 1), true
}

// discounted is E[r/p · exp(c)·E_{r+1}(c)], c = delta·alpha/p, over the dropout
// probability p: the rate of purchases r/alpha·(1+p·t/alpha)^−(r+1), discounted,
// is an exponential integral. Where its continued fraction takes too many terms,
// the expected purchases are integrated over time instead.
func (f betaFuture) discounted(delta float64) float64 {
	least := delta * f.alpha
	if least < leastFraction {
		return delta * forever(1/delta, func(t float64) float64 { return math.Exp(-delta*t) * f.expected(t) })
	}
	return f.r / least * betaMean(f.a, f.b, max(f.r, 1)/least, func(p float64) float64 {
		c := least / p
		if c > 1e17*(f.r+1) {
			return 1
		}
		return c * expIntegral(f.r+1, c)
	})
}

// leastFraction is the argument from which expIntegral takes few terms.
const leastFraction = 0.1

// expIntegral is exp(x)·E_n(x), x > 0, n > 0, by Lentz's continued fraction
// (NIST Digital Library of Mathematical Functions, 8.19.17).
func expIntegral(n, x float64) float64 {
	b := x + n
	c, d := math.Inf(1), 1/b
	value := d
	for i := 1.0; i < 1000; i++ {
		a := -i * (n - 1 + i)
		b += 2
		d = 1 / (a*d + b)
		c = b + a/c
		change := c * d
		value *= change
		if math.Abs(change-1) < 1e-14 {
			break
		}
	}
	return value
}

func (f betaFuture) next(q float64) (float64, bool) { return gammaFuture{f.r, f.alpha}.next(q) }

// paretoFuture buys at a rate from Gamma(r, alpha) and leaves at a rate from
// Gamma(s, beta).
type paretoFuture struct{ r, alpha, s, beta float64 }

func (f paretoFuture) expected(t float64) float64 {
	log := math.Log1p(t / f.beta)
	ratio := log // (1 − (1+t/beta)^(1−s)) / (s−1)
	if e := f.s - 1; e != 0 {
		ratio = -math.Expm1(-e*log) / e
	}
	return f.r * f.beta / f.alpha * ratio
}

// some is 1 minus the likelihood of an empty history of length t.
func (f paretoFuture) some(t float64) float64 {
	stay := -f.r*math.Log1p(t/f.alpha) - f.s*math.Log1p(t/f.beta)
	left := math.Log(f.s) + leaving(f.r, f.alpha, f.s+1, f.beta, 0, t, nil) + f.r*math.Log(f.alpha) + f.s*math.Log(f.beta)
	return max(1-math.Exp(stay)-math.Exp(left), 0)
}

// probabilities mix those of the NBD over the time of leaving.
func (f paretoFuture) probabilities(t float64, n int) []float64 {
	list := gammaFuture{f.r, f.alpha}.probabilities(t, n)
	stay := math.Exp(-f.s * math.Log1p(t/f.beta))
	for k := range list {
		list[k] *= stay
	}
	low := min(f.alpha, f.beta)
	length := math.Log1p(t / low)
	// A count of n buyers spreads over 1/√n of the time it takes.
	panels := 1 + int(math.Ceil(length*math.Sqrt(f.r+float64(n)+f.s)/4))
	half := length / float64(2*panels)
	for i := range panels {
		for j, node := range gauss32.x {
			rise := math.Exp(half * (float64(2*i+1) + node))
			y := low*rise - low
			weight := gauss32.w[j] * half * low * rise * f.s / f.beta * math.Exp(-(f.s+1)*math.Log1p(y/f.beta))
			logP, q := -f.r*math.Log1p(y/f.alpha), y/(f.alpha+y)
			if logP < -600 {
				for k, v := range (gammaFuture{f.r, f.alpha}).probabilities(y, n) {
					list[k] += weight * v
				}
				continue
			}
			p := weight * math.Exp(logP)
			for k := range list {
				list[k] += p
				p *= (f.r + float64(k)) / float64(k+1) * q
			}
		}
	}
	return list
}

func (f paretoFuture) survival(t float64) float64 { return math.Exp(-f.s * math.Log1p(t/f.beta)) }

func (f paretoFuture) lifetime() (float64, bool) {
	if f.s <= 1 {
		return 0, false
	}
	return f.beta / (f.s - 1), true
}

// discounted is r/alpha · E[1/(mu+delta)] = r/alpha · beta · U(1, 2−s, delta·beta):
// Fader, Hardie & Lee's DET after Kummer's transformation of their U(s, s, ·).
func (f paretoFuture) discounted(delta float64) float64 {
	u, ok := TricomiU(1, 2-f.s, delta*f.beta)
	if !ok {
		return math.Inf(1)
	}
	return f.r / f.alpha * f.beta * u
}

func (f paretoFuture) next(q float64) (float64, bool) { return invert(f.some, q) }

// discreteFuture is BG/BB of those alive: whole opportunities, so that a time t
// counts ⌊t⌋ of them.
type discreteFuture struct{ alpha, beta, gamma, delta float64 }

// betaPosterior is the posterior of BG/BB.
func betaPosterior(p point, h History) Posterior {
	x, n := int(h.X), int(h.T)
	l := newBetaLadders(p, n)
	var stay, all sums
	l.term(x, n, false, &stay)
	l.row(x, int(h.Tx), n, &all)
	return Posterior{math.Exp(stay.ll - all.ll), discreteFuture{p.v[0] + h.X, p.v[1] + h.T - h.X, p.v[2], p.v[3] + h.T}}
}

func (f discreteFuture) expected(t float64) float64 {
	alive, sum := 1.0, 0.0
	for m := 0.0; m < math.Floor(t); m++ {
		alive *= (f.delta + m) / (f.gamma + f.delta + m)
		sum += alive
	}
	return f.alpha / (f.alpha + f.beta) * sum
}

func (f discreteFuture) some(t float64) float64 {
	alive, silent, sum := 1.0, 1.0, 0.0
	for m := 0.0; m < math.Floor(t); m++ {
		alive *= (f.delta + m) / (f.gamma + f.delta + m)
		buys := f.alpha / (f.alpha + f.beta + m)
		sum += alive * silent * buys
		silent *= 1 - buys
	}
	return sum
}

// probabilities follow Fader, Hardie & Shang (2010, eq. 7): k of the m
// opportunities before leaving, over all m.
func (f discreteFuture) probabilities(t float64, n int) []float64 {
	list := make([]float64, n+1)
	last := int(math.Floor(t))
	alive := 1.0
	for m := 0; m <= last; m++ {
		x := float64(m)
		weight := alive
		if m < last {
			weight *= f.gamma / (f.gamma + f.delta + x)
		}
		alive *= (f.delta + x) / (f.gamma + f.delta + x)
		// Beta-binomial of m trials by its recurrence in k.
		none, _, _ := rising(f.beta, x)
		all, _, _ := rising(f.alpha+f.beta, x)
		p := math.Exp(none - all)
		for k := 0; k <= min(m, n); k++ {
			list[k] += weight * p
			j := float64(k)
			p *= (x - j) / (j + 1) * (f.alpha + j) / (f.beta + x - j - 1)
		}
	}
	return list
}

func (f discreteFuture) survival(t float64) float64 {
	m := math.Floor(t)
	stay, _, _ := rising(f.delta, m)
	all, _, _ := rising(f.gamma+f.delta, m)
	return math.Exp(stay - all)
}

// lifetime is the mean number of opportunities survived.
func (f discreteFuture) lifetime() (float64, bool) {
	if f.gamma <= 1 {
		return 0, false
	}
	return f.delta / (f.gamma - 1), true
}

func (f discreteFuture) discounted(delta float64) float64 {
	return f.discountedUntil(math.Inf(1), delta)
}

// discountedUntil sums over the opportunities up to t, or until they no longer
// count.
func (f discreteFuture) discountedUntil(t, delta float64) float64 {
	alive, sum := 1.0, 0.0
	shrink := math.Exp(-delta)
	for m, d := 0.0, shrink; m < math.Floor(t) && d > 1e-17; m, d = m+1, d*shrink {
		alive *= (f.delta + m) / (f.gamma + f.delta + m)
		sum += d * alive
	}
	return f.alpha / (f.alpha + f.beta) * sum
}

func (f discreteFuture) next(q float64) (float64, bool) {
	// The sum over opportunities converges too slowly to tell "never" from
	// "late": ten thousand opportunities are never.
	for n := 1.0; n <= maxOpportunities; n *= 2 {
		if f.some(n) >= q {
			low, high := math.Floor(n/2), n
			for high-low > 1 {
				if middle := math.Floor((low + high) / 2); f.some(middle) >= q {
					high = middle
				} else {
					low = middle
				}
			}
			return high, true
		}
	}
	return 0, false
}
