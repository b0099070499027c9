package clv

import "math"

// paretoKernel is the Pareto/NBD: parameters r, alpha, s, beta. The likelihood
// is the sum over still alive at T and the integral over the time of leaving
// between tx and T; integrated numerically it needs no difference of
// hypergeometric functions and has its derivatives for free.
type paretoKernel struct{}

func (paretoKernel) cell(p *point, x, w float64, s *sums) {
	gammaCell(p, x, w, s)
	// s·ln beta
	shape := p.v[2]
	s.ll += w * shape * p.log[3]
	s.g[2] += w * shape * p.log[3]
	s.g[3] += w * shape
	s.h[at(2, 2)] += w * shape * p.log[3]
	s.h[at(2, 3)] += w * shape
}

func (paretoKernel) row(p *point, x, w float64, early, late *moment, s *sums) {
	r, alpha, shape, beta := p.v[0], p.v[1], p.v[2], p.v[3]
	var alive sums
	logBeta, share := math.Log(beta+late.t), beta/(beta+late.t)
	poissonTerm(p, x, late, &alive)
	alive.ll -= shape * logBeta
	alive.g[2] = -shape * logBeta
	alive.g[3] = -shape * share
	alive.h[at(2, 2)] = -shape * logBeta
	alive.h[at(2, 3)] = -shape * share
	alive.h[at(3, 3)] = -shape * share * (1 - share)
	if early.t == late.t {
		s.addScaled(w, &alive)
		return
	}
	var m leavingMoments
	left := sums{ll: p.log[2] + leaving(r+x, alpha, shape+1, beta, early.t, late.t, &m)}
	// The derivatives of the integrand's logarithm are linear in the moments'
	// variables ln(alpha+y), alpha/(alpha+y), ln(beta+y), beta/(beta+y).
	factor := [4]float64{-r, -(r + x), -shape, -(shape + 1)}
	k := 0
	for i := range 4 {
		left.g[i] = factor[i] * m.first[i]
		for j := i; j < 4; j++ {
			left.h[k] = factor[i] * factor[j] * (m.second[k] - m.first[i]*m.first[j])
			k++
		}
	}
	left.h[at(0, 0)] -= r * m.first[0]
	left.h[at(0, 1)] -= r * m.first[1]
	left.h[at(1, 1)] -= (r + x) * (m.first[1] - m.second[at(1, 1)])
	left.h[at(2, 2)] -= shape * m.first[2]
	left.h[at(2, 3)] -= shape * m.first[3]
	left.h[at(3, 3)] -= (shape + 1) * (m.first[3] - m.second[at(3, 3)])
	left.g[2]++
	s.mix(w, &alive, &left)
}

func (s *sums) addScaled(w float64, o *sums) {
	s.ll += w * o.ll
	for i, v := range o.g {
		s.g[i] += w * v
	}
	for i, v := range o.h {
		s.h[i] += w * v
	}
}

// leavingMoments are the means of the four variables named in row, and of their
// products, over the time of leaving.
type leavingMoments struct {
	first  [4]float64
	second [10]float64
}

// leaving is ln ∫ (alpha+y)^−p (beta+y)^−q dy over lo < y < hi, p, q > 0, by
// Gauss-Legendre panels over ln(min(alpha, beta)+y), in which the integrand is
// smooth: the nearest singularity is π away from the real line. Moments are
// filled unless nil.
func leaving(p, alpha, q, beta, lo, hi float64, m *leavingMoments) float64 {
	n := min(alpha, beta)
	length := math.Log1p((hi - lo) / (n + lo))
	// The integrand changes by no more than exp(drop) over the whole range.
	drop := (p + q) * length
	g, panels := panelRule(drop, length)
	logA, logB := math.Log(alpha+lo), math.Log(beta+lo)
	var total float64
	half := length / float64(2*panels)
	for k := range panels {
		var part float64
		for i, node := range g.x {
			rise := math.Exp(half * (float64(2*k+1) + node))
			y := (n + lo) * rise // n + y
			var a, b, la, lb float64
			if alpha <= beta {
				a, b = y, y+(beta-alpha)
				la, lb = logA+half*(float64(2*k+1)+node), math.Log(b)
			} else {
				a, b = y+(alpha-beta), y
				la, lb = math.Log(a), logB+half*(float64(2*k+1)+node)
			}
			f := math.Exp(-p*(la-logA)-q*(lb-logB)) * rise * g.w[i]
			part += f
			if m != nil {
				m.add(f, la, alpha/a, lb, beta/b)
			}
		}
		total += part
		if part < 1e-18*total {
			break
		}
	}
	if m != nil {
		m.scale(1 / total)
	}
	return math.Log(total*half*(n+lo)) - p*logA - q*logB
}

// panelRules are Gauss-Legendre rules with the largest drop and length for which
// their relative error stays below 3e-11 (TestLeavingRules).
var panelRules = [...]struct {
	rule
	drop, length float64
}{
	{legendre(4), 0.5, 1},
	{legendre(5), 1, 1},
	{legendre(6), 2, 1.5},
	{legendre(8), 4, 3},
	{legendre(10), 8, 4},
	{legendre(12), 16, 4},
	{legendre(16), 32, 8},
	{legendre(24), 64, 8},
}

// panelRule chooses nodes by how far the logarithm of the integrand moves.
func panelRule(drop, length float64) (g *rule, panels int) {
	for i := range panelRules {
		if r := &panelRules[i]; drop <= r.drop && length <= r.length {
			return &r.rule, 1
		}
	}
	last := &panelRules[len(panelRules)-1]
	return &last.rule, int(math.Ceil(max(drop/last.drop, length/last.length)))
}

func (m *leavingMoments) add(f, la, u, lb, v float64) {
	fa, fu, fb, fv := f*la, f*u, f*lb, f*v
	m.first[0] += fa
	m.first[1] += fu
	m.first[2] += fb
	m.first[3] += fv
	s := &m.second
	s[0] += fa * la
	s[1] += fa * u
	s[2] += fa * lb
	s[3] += fa * v
	s[4] += fu * u
	s[5] += fu * lb
	s[6] += fu * v
	s[7] += fb * lb
	s[8] += fb * v
	s[9] += fv * v
}

func (m *leavingMoments) scale(f float64) {
	for i := range m.first {
		m.first[i] *= f
	}
	for i := range m.second {
		m.second[i] *= f
	}
}
