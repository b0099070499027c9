package clv

import "math"

// ladder holds rising(a, k) for k = 0 … n.
type ladder struct{ v, d1, d2 []float64 }

func newLadder(a float64, n int) ladder {
	l := ladder{make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)}
	for k := range n {
		x := a + float64(k)
		l.v[k+1] = l.v[k] + math.Log(x)
		l.d1[k+1] = l.d1[k] + 1/x
		l.d2[k+1] = l.d2[k] - 1/(x*x)
	}
	return l
}

// betaLadders are the tables of one parameter vector.
type betaLadders struct {
	p                                       point
	alpha, beta, sumAB, gamma, delta, sumCD ladder
}

func newBetaLadders(p point, n int) *betaLadders {
	v := p.v
	return &betaLadders{p, newLadder(v[0], n), newLadder(v[1], n), newLadder(v[0]+v[1], n),
		newLadder(v[2], 1), newLadder(v[3], n+1), newLadder(v[2]+v[3], n+1)}
}

// term sets the probability of x successes within the first m opportunities in
// one given order, and of leaving after the m-th (left) or of still being there.
func (l *betaLadders) term(x, m int, left bool, s *sums) {
	k := 0 // of leaving
	if left {
		k = 1
	}
	p := &l.p.v
	s.ll = l.alpha.v[x] + l.beta.v[m-x] - l.sumAB.v[m] + l.gamma.v[k] + l.delta.v[m] - l.sumCD.v[m+k]
	pair := func(i, j int, a, b, sum, da, db, dsum float64) {
		// i, j: places of the two parameters; a, b, sum: first derivatives of
		// the three ladders; da, db, dsum: second ones.
		s.g[i], s.g[j] = p[i]*(a-sum), p[j]*(b-sum)
		s.h[at(i, i)] = s.g[i] + p[i]*p[i]*(da-dsum)
		s.h[at(j, j)] = s.g[j] + p[j]*p[j]*(db-dsum)
		s.h[at(i, j)] = -p[i] * p[j] * dsum
	}
	pair(0, 1, l.alpha.d1[x], l.beta.d1[m-x], l.sumAB.d1[m], l.alpha.d2[x], l.beta.d2[m-x], l.sumAB.d2[m])
	pair(2, 3, l.gamma.d1[k], l.delta.d1[m], l.sumCD.d1[m+k], l.gamma.d2[k], l.delta.d2[m], l.sumCD.d2[m+k])
}

// row sets ln of the likelihood of x, tx, n with its derivatives (Fader, Hardie &
// Shang 2010, eq. 5): still there after n, or left after tx … n−1.
func (l *betaLadders) row(x, tx, n int, s *sums) {
	l.term(x, n, false, s)
	for m := tx; m < n; m++ {
		var left, both sums
		l.term(x, m, true, &left)
		both.mix(1, s, &left)
		*s = both
	}
}

// newBetaObjective is the log-likelihood of BG/BB.
func newBetaObjective(t *table) objective {
	largest := 0.0
	for _, n := range t.t {
		largest = max(largest, n)
	}
	d := newDesign(BGBB, 0, 0)
	return func(theta, gradient, hessian []float64) float64 {
		l := newBetaLadders(d.point(theta, nil), int(largest))
		var total sums
		for i := range t.x {
			var s sums
			l.row(int(t.x[i]), int(t.tx[i]), int(t.t[i]), &s)
			total.addScaled(t.w[i], &s)
		}
		clear(gradient)
		clear(hessian)
		d.carry(&total, nil, gradient, hessian)
		return total.ll
	}
}
