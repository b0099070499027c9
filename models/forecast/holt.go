package forecast

import "math"

// trended is an additive trend, damped when phi < 1, after the last value.
type trended struct {
	phi, level, slope, sse float64
}

// holt runs l(t) = l + φb + αe, b(t) = φb + βe with β = α·β*. The errors are
// linear in the first level and slope, whose least-squares values are exact:
// the pass follows the response to the values (l, b) and to a unit of first
// level (ul, ub) and of first slope (vl, vb).
func holt(y []float64, alpha, beta, phi float64) trended {
	var l, b, ee, ue, ve, uu, vv, uv float64
	ul, ub, vl, vb := 1.0, 0.0, 0.0, 1.0
	base := y[0] // as in ses
	for _, v := range y {
		p := l + phi*b
		pu := ul + phi*ub
		pv := vl + phi*vb
		e := v - base - p
		l, b = p+alpha*e, phi*b+beta*e
		ul, ub = pu-alpha*pu, phi*ub-beta*pu
		vl, vb = pv-alpha*pv, phi*vb-beta*pv
		ee += e * e
		ue += pu * e
		ve += pv * e
		uu += pu * pu
		vv += pv * pv
		uv += pu * pv
	}
	var first, firstSlope float64
	if det := uu*vv - uv*uv; det > 1e-12*uu*vv {
		first = (vv*ue - uv*ve) / det
		firstSlope = (uu*ve - uv*ue) / det
	} else {
		first = ue / uu
	}
	return trended{
		phi:   phi,
		sse:   math.Max(0, ee-first*ue-firstSlope*ve),
		level: base + l + ul*first + vl*firstSlope,
		slope: b + ub*first + vb*firstSlope,
	}
}

// phiLow and phiHigh hold the damping where it is neither no trend nor no
// damping (Hyndman et al. 2008).
const (
	phiLow  = 0.8
	phiHigh = 0.98
)

func fitHolt(y []float64, damped bool, f *Fitted) trended {
	b := box{dim: 2, lo: point{alphaLow, 0.001, phiLow}, hi: point{alphaHigh, 0.999, phiHigh}, step: point{0.2, 0.2, -0.05}}
	start := point{0.3, 0.1, 1}
	names := []string{"alpha", "beta*", "phi"}
	if damped {
		b.dim, start[2] = 3, 0.9
	}
	value := func(p *point) float64 { return holt(y, p[0], p[0]*p[1], p[2]).sse }
	// Backtests stop where a forecast no longer changes; a description goes on
	// from there, so that its likelihood is right to the third decimal.
	got := simplex(value, start, &b, 3e-4, 200)
	if f != nil {
		first := got.evaluations
		got = simplex(value, got.at, &b, 1e-7, 400)
		got.evaluations += first
		f.Evaluations, f.Converged = got.evaluations, got.converged
		f.describe(len(y), got.value, b.dim+3)
		f.searched(names[:b.dim], value, &got.at, &b, len(y))
	}
	return holt(y, got.at[0], got.at[0]*got.at[1], got.at[2])
}

func (t trended) forecast(out []float64) {
	for h := range out {
		t.slope *= t.phi
		t.level += t.slope
		out[h] = t.level
	}
}
